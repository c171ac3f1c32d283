package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.Answer;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.OneShot;
import io.alphakite.schwab.http.OneShot.Fate;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.http.SchwabException.Kind;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import okhttp3.Credentials;
import okhttp3.MediaType;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /v1/oauth/token}. A grant is asked for once: repeating a refresh whose answer was
 * lost could present a refresh token that the first asking already replaced. Of what Schwab says in
 * an error only the bare error code is repeated, since its description may quote what was sent.
 */
final class TokenEndpoint {

  private static final MediaType FORM = MediaType.get("application/x-www-form-urlencoded");

  /** When the answer does not say; Schwab's value. */
  private static final long EXPIRES_IN_SECONDS = 1_800;

  private static final long EXPIRES_IN_SECONDS_MAX = 24L * 60 * 60;

  /**
   * Errors that mean the refresh token or the code. Schwab's own wording for a dead refresh token
   * comes as a JSON text within the description, so the whole body is searched for it.
   */
  private static final Set<String> TOKEN_ERRORS = Set.of("unsupported_token_type", "invalid_grant");

  private static final String DEAD_REFRESH_TOKEN = "refresh_token";

  private static final Set<String> APP_ERRORS = Set.of("invalid_client", "unauthorized_client");

  /** RFC 6749, 4.1.2.1: the server's own trouble, under whatever status. */
  private static final Set<String> PASSING_ERRORS =
      Set.of("temporarily_unavailable", "server_error");

  private static final String CHECK_APP =
      "check SCHWAB_APP_KEY and SCHWAB_APP_SECRET, and that the app is Ready For Use";

  private final URI base;
  private final SchwabCredentials credentials;
  private final OneShot http;
  private final InstantSource clock;

  TokenEndpoint(URI base, SchwabCredentials credentials, OneShot http, InstantSource clock) {
    this.base = base;
    this.credentials = credentials;
    this.http = http;
    this.clock = clock;
  }

  /**
   * Exchanges the code of a redirect, already percent-decoded so that it ends with {@code @}.
   *
   * @throws IllegalArgumentException with one line when no callback URL is set
   */
  Grant exchange(String code) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", credentials.requiredCallbackUrl());
    return ask("login", form, null, clock.instant());
  }

  /** Presents the refresh token. */
  Grant refresh(Tokens old) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("refresh_token", old.refresh().reveal());
    return ask("token refresh", form, old.refresh(), old.loginAt());
  }

  private Grant ask(
      String what, Map<String, String> form, @Nullable Secret keep, @Nullable Instant loginAt) {
    Instant asked = clock.instant();
    Request request =
        new Request.Builder()
            .url(base + "/v1/oauth/token")
            .header(
                "Authorization",
                Credentials.basic(credentials.appKey().reveal(), credentials.appSecret().reveal()))
            .header("Accept", "application/json")
            .post(OneShot.body(encode(form), FORM))
            .build();
    return switch (http.send(request)) {
      case Fate.Answered(Answer answer) ->
          answer.isSuccess()
              ? given(what, answer, asked, keep, loginAt)
              : refusedOrFailed(what, answer, keep != null);
      case Fate.NeverSent(String reason) ->
          failed(Kind.UNREACHABLE, what + ": not reached (" + reason + ")");
      case Fate.Lost(String reason) -> failed(Kind.TIMEOUT, what + ": no answer (" + reason + ")");
    };
  }

  private static Grant given(
      String what, Answer answer, Instant asked, @Nullable Secret keep, @Nullable Instant loginAt) {
    JsonNode json = json(answer);
    String access = json == null ? "" : Json.text(json, "access_token", "");
    String refresh = json == null ? "" : Json.text(json, "refresh_token", "");
    if (json == null || access.isBlank() || (refresh.isBlank() && keep == null)) {
      return failed(Kind.UNREADABLE, what + ": an answer without usable tokens");
    }
    Long life = Json.whole(json, "expires_in");
    long seconds = life == null ? EXPIRES_IN_SECONDS : Math.clamp(life, 0, EXPIRES_IN_SECONDS_MAX);
    return new Grant.Given(
        new Tokens(
            Secret.of(access),
            refresh.isBlank() && keep != null ? keep : Secret.of(refresh),
            asked.plus(Duration.ofSeconds(seconds)),
            Json.text(json, "token_type", "Bearer"),
            loginAt));
  }

  /**
   * 400 and 401 with an OAuth error in JSON need a person; an HTML 403, a 429, a 5xx, an empty or
   * unreadable body will pass.
   */
  private static Grant refusedOrFailed(String what, Answer answer, boolean refreshing) {
    JsonNode json = json(answer);
    String error = json == null ? null : Json.text(json, "error");
    boolean verdict = answer.status() == 400 || answer.status() == 401;
    if (!verdict || error == null || PASSING_ERRORS.contains(error)) {
      SchwabException failure = answer.failure(what);
      Kind kind = failure.kind().isTransient() ? failure.kind() : Kind.UNREADABLE;
      return new Grant.Failed(
          of(kind, what + ": " + answer.status() + said(error), answer, failure));
    }
    String body = String.valueOf(answer.body()).toLowerCase(Locale.ROOT);
    boolean tokenNamed = TOKEN_ERRORS.contains(error) || body.contains(DEAD_REFRESH_TOKEN);
    if (refreshing && tokenNamed) {
      return refused(Grant.Refusal.TOKEN, "Schwab refuses the refresh token" + said(error), answer);
    }
    if (APP_ERRORS.contains(error) || answer.status() == 401) {
      return refused(
          Grant.Refusal.APP,
          "Schwab refuses the app key or its secret"
              + said(error)
              + ": "
              + CHECK_APP
              + (refreshing ? "; if they are right, log in again" : ""),
          answer);
    }
    return refreshing
        ? refused(Grant.Refusal.APP, "Schwab refuses the refresh" + said(error), answer)
        : refused(
            Grant.Refusal.TOKEN,
            "Schwab refuses the code"
                + said(error)
                + ": it works once, for about thirty seconds, and with the callback URL exactly as"
                + " registered; start the login again",
            answer);
  }

  /** Schwab's own word for it when it is a bare code, which cannot hold a secret. */
  private static String said(@Nullable String error) {
    return error != null && error.matches("[a-z_]{1,40}") ? " (" + error + ")" : "";
  }

  /** Null when the body is no JSON. */
  private static @Nullable JsonNode json(Answer answer) {
    try {
      return Json.parse(answer.body() == null ? "" : answer.body());
    } catch (JacksonException _) {
      // Its message would quote tokens.
      return null;
    }
  }

  private static Grant failed(Kind kind, String message) {
    return new Grant.Failed(new SchwabException(kind, message));
  }

  private static Grant refused(Grant.Refusal refusal, String message, Answer answer) {
    return new Grant.Refused(refusal, of(Kind.LOGIN_REQUIRED, message, answer, null));
  }

  private static SchwabException of(
      Kind kind, String message, Answer answer, @Nullable SchwabException read) {
    return new SchwabException(
        kind,
        message,
        answer.status(),
        answer.headers().get("Schwab-Client-CorrelId"),
        read == null ? null : read.retryAfter().orElse(null),
        null);
  }

  private static String encode(Map<String, String> form) {
    return form.entrySet().stream()
        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }
}
