package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.Answer;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.OneShot;
import io.alphakite.schwab.http.OneShot.Fate;
import io.alphakite.schwab.http.SchwabException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import okhttp3.Credentials;
import okhttp3.MediaType;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /v1/oauth/token}. A grant is asked for once: repeating a refresh whose answer was
 * lost could present a refresh token that the first asking already replaced.
 */
final class TokenEndpoint {

  private static final MediaType FORM = MediaType.get("application/x-www-form-urlencoded");

  /** When the answer does not say; Schwab's value. */
  private static final long EXPIRES_IN_SECONDS = 1_800;

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
   * @throws SchwabException {@code LOGIN_REQUIRED} when Schwab refuses the code, else a transient
   *     kind
   */
  Tokens exchange(String code) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", credentials.requiredCallbackUrl());
    Instant now = clock.instant();
    return ask("login", form, null, now);
  }

  /**
   * Refreshes.
   *
   * @throws SchwabException {@code LOGIN_REQUIRED} when the refresh token (or the app) is refused,
   *     else a transient kind
   */
  Tokens refresh(Tokens old) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("refresh_token", old.refresh().reveal());
    return ask("token refresh", form, old.refresh(), old.loginAt());
  }

  private Tokens ask(
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
      case Fate.Answered(Answer answer) -> read(what, answer, asked, keep, loginAt);
      case Fate.NeverSent(String reason) ->
          throw new SchwabException(
              SchwabException.Kind.UNREACHABLE, what + ": not reached (" + reason + ")");
      case Fate.Lost(String reason) ->
          throw new SchwabException(
              SchwabException.Kind.TIMEOUT, what + ": no answer (" + reason + ")");
    };
  }

  private static Tokens read(
      String what, Answer answer, Instant asked, @Nullable Secret keep, @Nullable Instant loginAt) {
    if (!answer.isSuccess()) {
      throw needsPerson(answer)
          ? new SchwabException(
              SchwabException.Kind.LOGIN_REQUIRED,
              what + " refused: log in again (" + answer.error().message() + ")",
              answer.status(),
              answer.headers().get("Schwab-Client-CorrelId"),
              null,
              null)
          : passing(what, answer);
    }
    try {
      JsonNode json = Json.parse(answer.body() == null ? "" : answer.body());
      String access = Json.text(json, "access_token", "");
      String refresh = Json.text(json, "refresh_token", "");
      Long life = Json.whole(json, "expires_in");
      if (!access.isBlank() && (!refresh.isBlank() || keep != null)) {
        return new Tokens(
            Secret.of(access),
            refresh.isBlank() && keep != null ? keep : Secret.of(refresh),
            asked.plus(Duration.ofSeconds(life == null ? EXPIRES_IN_SECONDS : life)),
            Json.text(json, "token_type", "Bearer"),
            loginAt);
      }
    } catch (JacksonException _) {
      // Its message would quote tokens.
    }
    throw new SchwabException(
        SchwabException.Kind.UNREADABLE, what + ": an answer without usable tokens");
  }

  /** 400 and 401 with an OAuth error in JSON need a person; an HTML 403, 429 or 5xx will pass. */
  private static boolean needsPerson(Answer answer) {
    if (answer.status() != 400 && answer.status() != 401) {
      return false;
    }
    try {
      return Json.text(Json.parse(answer.body() == null ? "" : answer.body()), "error") != null;
    } catch (JacksonException _) {
      return false;
    }
  }

  /** Whatever is not a refusal by an OAuth error keeps the token and is tried again later. */
  private static SchwabException passing(String what, Answer answer) {
    SchwabException failure = answer.failure(what);
    return failure.kind().isTransient()
        ? failure
        : new SchwabException(
            SchwabException.Kind.UNREADABLE,
            String.valueOf(failure.getMessage()),
            answer.status(),
            failure.correlationId().orElse(null),
            null,
            null);
  }

  private static String encode(Map<String, String> form) {
    return form.entrySet().stream()
        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }
}
