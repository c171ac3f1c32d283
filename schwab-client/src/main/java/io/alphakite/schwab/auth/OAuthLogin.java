package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.Answer;
import io.alphakite.schwab.http.OneShot;
import io.alphakite.schwab.http.OneShot.Fate;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.http.SimulatorMark;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * A person's login: the page to open, and what to do with where the browser ends up. The code in
 * that redirect lives about thirty seconds and works once.
 */
public final class OAuthLogin {

  private final URI base;
  private final SchwabCredentials credentials;
  private final TokenEndpoint endpoint;
  private final OneShot http;
  private final OAuthTokens tokens;

  /**
   * A login whose tokens go where the given ones come from.
   *
   * @param tokens take over what the login brings
   */
  public OAuthLogin(
      URI base,
      SchwabCredentials credentials,
      OneShot http,
      InstantSource clock,
      OAuthTokens tokens) {
    this.base = base;
    this.credentials = credentials;
    this.http = http;
    this.endpoint = new TokenEndpoint(base, credentials, http, clock);
    this.tokens = tokens;
  }

  /** The page on which the person logs in and ticks the accounts to link. */
  public URI authorizeUrl(String state) {
    return URI.create(
        "%s/v1/oauth/authorize?client_id=%s&redirect_uri=%s&response_type=code&state=%s"
            .formatted(
                base,
                encode(credentials.appKey().reveal()),
                encode(credentials.requiredCallbackUrl()),
                encode(state)));
  }

  /**
   * The code of the address that the browser was sent to.
   *
   * @param state what {@link #authorizeUrl} was given; null accepts any
   * @throws IllegalArgumentException with one line when the address carries no code or another
   *     state
   */
  public static String codeFrom(String redirect, @Nullable String state) {
    String code = parameter(redirect, "code");
    if (code == null) {
      throw new IllegalArgumentException("the address carries no code: paste it whole");
    }
    String echoed = parameter(redirect, "state");
    if (state != null && echoed != null && !echoed.equals(state)) {
      throw new IllegalArgumentException("the address belongs to another login");
    }
    return code;
  }

  /**
   * Logs in without a person, which only a simulator allows: its authorize page redirects at once.
   *
   * @throws SchwabException when the page does not redirect with a code, or is no simulator's
   */
  public Instant withoutPerson() {
    String state = UUID.randomUUID().toString();
    Request request = new Request.Builder().url(authorizeUrl(state).toString()).get().build();
    if (!(http.send(request) instanceof Fate.Answered(Answer page))) {
      throw new SchwabException(
          SchwabException.Kind.UNREACHABLE, "login: the authorize page gave no answer");
    }
    String target = page.headers().get("Location");
    if (page.headers().get(SimulatorMark.HEADER) == null || target == null) {
      throw new SchwabException(
          SchwabException.Kind.LOGIN_REQUIRED, "a person has to log in at the authorize page");
    }
    return exchange(codeFrom(target, state));
  }

  /**
   * Exchanges the code for tokens and writes the token file.
   *
   * @param code as {@link #codeFrom} gives it, or still percent-encoded
   * @return when the login ends: seven days from now
   * @throws SchwabException {@code LOGIN_REQUIRED} when Schwab refuses the code
   */
  public Instant exchange(String code) {
    // Schwab's codes end with @, which the redirect writes as %40. Sent on like that the form would
    // carry %2540, which Schwab refuses.
    String decoded = code.contains("%") ? decode(code) : code;
    Tokens login = tokens.login(() -> endpoint.exchange(decoded));
    Instant end = login.loginEndsAt();
    if (end == null) {
      throw new IllegalStateException("a login knows its own time");
    }
    return end;
  }

  private static @Nullable String parameter(String address, String name) {
    int query = address.indexOf('?');
    for (String pair : address.substring(query + 1).split("[&#]", -1)) {
      if (pair.startsWith(name + "=")) {
        return decode(pair.substring(name.length() + 1));
      }
    }
    return null;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    // A plus in a redirect is a plus, not a blank.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
