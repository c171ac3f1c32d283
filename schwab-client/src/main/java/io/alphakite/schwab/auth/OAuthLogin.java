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
import java.util.regex.Pattern;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * A person's login: the page to open, and what to do with where the browser ends up. The code in
 * that redirect lives about thirty seconds and works once.
 */
public final class OAuthLogin {

  private static final Pattern BLANKS_AND_QUOTES = Pattern.compile("[\\s\"'<>\\p{Cntrl}]+");
  private static final Pattern BARE_CODE = Pattern.compile("[^?&=/:]{8,}(@|%40|%2540)");
  private static final Pattern ENCODED = Pattern.compile("%[0-9A-Fa-f]{2}");
  private static final int ENCODINGS_MAX = 3;

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

  /**
   * The page on which the person logs in and ticks the accounts to link.
   *
   * @param state any text that cannot be guessed; it comes back with the code
   * @throws IllegalArgumentException with one line when the callback URL is missing or one that
   *     Schwab does not take
   */
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
   * The code of what a person pasted: the address that the browser was sent to, whole or from its
   * query on, or the code alone.
   *
   * @param state what {@link #authorizeUrl} was given; null accepts any
   * @return the code, percent-decoded so that it ends with {@code @}
   * @throws IllegalArgumentException with one line that says what is wrong with it and what to do;
   *     it never repeats what was pasted
   */
  public static String codeFrom(String pasted, @Nullable String state) {
    // Terminals and mail programs wrap long lines and add quotation marks.
    String address = BLANKS_AND_QUOTES.matcher(pasted).replaceAll("");
    if (address.isEmpty()) {
      throw new IllegalArgumentException("nothing was pasted");
    }
    String error = parameter(address, "error");
    if (error != null) {
      throw new IllegalArgumentException(
          "Schwab sent the browser back without a login"
              + (error.matches("[a-z_]{1,40}") ? " (" + error + ")" : "")
              + ": start again and agree to the last page");
    }
    String code = parameter(address, "code");
    if (code == null && BARE_CODE.matcher(address).matches()) {
      code = address;
    }
    if (code == null) {
      throw new IllegalArgumentException(
          address.contains("/oauth/authorize")
              ? "that is the address of the login page: paste the one the browser ends at,"
                  + " which has code= in it"
              : "the address has no code= in it: paste the one the browser ends at, whole");
    }
    String echoed = parameter(address, "state");
    if (state != null && echoed != null && !decoded(echoed).equals(state)) {
      throw new IllegalArgumentException(
          "that address belongs to another login: open the address printed last and paste where"
              + " that one ends");
    }
    String decoded = decoded(code);
    // A code with something behind it was not cut off, whatever it ends with.
    if (decoded.isEmpty() || (!decoded.endsWith("@") && address.endsWith(code))) {
      throw new IllegalArgumentException(
          "the address is cut off: its code ends with %40 (or @); paste it whole");
    }
    return decoded;
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
    String decoded = decoded(code);
    Tokens login = tokens.login(() -> endpoint.exchange(decoded));
    Instant end = login.loginEndsAt();
    if (end == null) {
      throw new IllegalStateException("a login knows its own time");
    }
    return end;
  }

  /** As it stands in the address, still encoded. */
  private static @Nullable String parameter(String address, String name) {
    for (String pair : address.substring(address.indexOf('?') + 1).split("[&#]", -1)) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return null;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * Schwab's codes end with {@code @}, which the redirect writes as {@code %40} and a program on
   * the way as {@code %2540}. Sent on like that the form would encode it once more, which Schwab
   * refuses.
   */
  private static String decoded(String text) {
    String decoded = text;
    for (int i = 0; i < ENCODINGS_MAX && ENCODED.matcher(decoded).find(); i++) {
      try {
        // A plus in a redirect is a plus, not a blank.
        decoded = URLDecoder.decode(decoded.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException _) {
        throw new IllegalArgumentException(
            "the address is damaged: a percent sign without two hexadecimal digits; paste it whole");
      }
    }
    return decoded;
  }
}
