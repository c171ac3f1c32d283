package io.alphakite.simulator.auth;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Issues and checks authorization codes and tokens. Tokens are opaque to clients and carry their
 * own dates under a keyed hash whose key comes from the app's key and secret, so that they stay
 * good when the simulator starts again. A refresh token dies seven days after the login; until then
 * a refresh gives the same one again, or a new one and the old is dead at once (rotating). What
 * died early is forgotten when the simulator starts again. Thread-safe.
 */
public final class Tokens {
  /** Life of an access token. */
  public static final Duration ACCESS_LIFE = Duration.ofMinutes(30);

  /** Life of a refresh token from the login; refreshing does not extend it. */
  public static final Duration REFRESH_LIFE = Duration.ofDays(7);

  private static final Duration CODE_LIFE = Duration.ofSeconds(30);
  private static final int CODES = 1000;
  private static final int LOGINS = 1000;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final InstantSource clock;
  private final SecretKeySpec key;
  private final boolean rotating;
  private final FaultDials faults;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Code> codes = new LinkedHashMap<>();

  /** Number of the newest refresh token of each login; of rotating ones only that is good. */
  private final Map<Long, Long> newest = new LinkedHashMap<>();

  private long lastMoment;

  /** Logins up to this moment have no good token any more. */
  private long endedLogins = Long.MIN_VALUE;

  /** The refresh tokens of logins up to this moment are dead; their access tokens live on. */
  private long endedRefresh = Long.MIN_VALUE;

  private RefusalForm endedForm = RefusalForm.NESTED;

  /** Access tokens issued up to this moment are dead. */
  private long endedAccess = Long.MIN_VALUE;

  private record Code(String redirectUri, Instant issued) {}

  /**
   * What a token says about itself.
   *
   * @param issued epoch milliseconds; no two tokens have the same
   * @param login epoch milliseconds of its login; no two logins have the same
   * @param number 0 for a login's first refresh token
   */
  private record Claims(long issued, long login, long number) {}

  /** What a successful token request gives. */
  public record Grant(String accessToken, String refreshToken, Instant expiresAt) {
    @Override
    public String toString() {
      return "Grant[expiresAt=" + expiresAt + "]";
    }
  }

  /** The outcome of a refresh. */
  public sealed interface Refresh {
    record Granted(Grant grant) implements Refresh {}

    record Refused(RefusalForm form) implements Refresh {}
  }

  /** The error bodies seen for a dead refresh token. */
  public enum RefusalForm {
    /** {@code unsupported_token_type} with JSON text inside its description. */
    NESTED,
    INVALID_CLIENT,
    INVALID_GRANT
  }

  /**
   * @param rotating whether each refresh gives a new refresh token and kills the old
   */
  public Tokens(
      InstantSource clock,
      @Nullable String appKey,
      @Nullable String appSecret,
      boolean rotating,
      FaultDials faults) {
    this.clock = clock;
    this.rotating = rotating;
    this.faults = faults;
    byte[] material = ("simulator:" + appKey + ":" + appSecret).getBytes(StandardCharsets.UTF_8);
    this.key = new SecretKeySpec(material, "HmacSHA256");
  }

  /** A code for one use within 30 seconds; ends with an at sign. */
  public synchronized String code(String redirectUri) {
    if (codes.size() >= CODES) {
      codes.remove(codes.keySet().iterator().next());
    }
    String code = "C0." + random(24) + "." + random(8) + "@";
    codes.put(code, new Code(redirectUri, clock.instant()));
    return code;
  }

  /** Exchanges a code; empty when unknown, used, too old, or for another redirect URI. */
  public synchronized Optional<Grant> exchange(String code, String redirectUri) {
    Code issued = codes.remove(code);
    if (issued == null
        || !issued.redirectUri.equals(redirectUri)
        || clock.instant().isAfter(issued.issued.plus(CODE_LIFE))
        || faults.strike(Dial.CODE_REFUSED, "authorization_code").isPresent()) {
      return Optional.empty();
    }
    return Optional.of(login());
  }

  /** Tokens as after a person's login just now. */
  public synchronized Grant login() {
    long moment = moment();
    if (faults.strike(Dial.NEWER_LOGIN_ENDS_OLDER, "login").isPresent()) {
      endedLogins = moment - 1;
    }
    return grant(moment, refreshToken(moment, 0));
  }

  /** A new access token, unless the refresh token is not ours, has died or dies now. */
  public synchronized Refresh refresh(String refreshToken) {
    Claims claims = claims(refreshToken, "R");
    if (claims == null || claims.login <= endedLogins) {
      return new Refresh.Refused(RefusalForm.NESTED);
    }
    if (claims.login <= endedRefresh) {
      return new Refresh.Refused(endedForm);
    }
    Duration age = Duration.between(Instant.ofEpochMilli(claims.login), clock.instant());
    if (age.compareTo(REFRESH_LIFE) >= 0 || diesEarly(age)) {
      endRefresh(claims.login, RefusalForm.NESTED);
      return new Refresh.Refused(RefusalForm.NESTED);
    }
    Optional<Strike> strike = faults.strike(Dial.REFRESH_TOKEN_REFUSED, "refresh_token");
    if (strike.isPresent()) {
      RefusalForm form =
          switch (strike.get().text("form")) {
            case "invalid_client" -> RefusalForm.INVALID_CLIENT;
            case "invalid_grant" -> RefusalForm.INVALID_GRANT;
            default -> RefusalForm.NESTED;
          };
      endRefresh(claims.login, form);
      return new Refresh.Refused(form);
    }
    if (!rotating) {
      return new Refresh.Granted(grant(claims.login, refreshToken));
    }
    if (claims.number < newest.getOrDefault(claims.login, 0L)) {
      return new Refresh.Refused(RefusalForm.NESTED);
    }
    return new Refresh.Granted(grant(claims.login, refreshToken(claims.login, claims.number + 1)));
  }

  private boolean diesEarly(Duration age) {
    return faults
        .strike(Dial.REFRESH_TOKEN_DIES_EARLY, "refresh_token")
        .filter(strike -> age.toHours() >= strike.number("hours"))
        .isPresent();
  }

  private void endRefresh(long login, RefusalForm form) {
    endedRefresh = Math.max(endedRefresh, login);
    endedForm = form;
  }

  /** Kills the refresh tokens of every login until now; access tokens live out their time. */
  public synchronized void endRefreshTokens(RefusalForm form) {
    endRefresh(moment(), form);
  }

  /** Kills every access token until now; refresh tokens live on. */
  public synchronized void endAccessTokens() {
    endedAccess = moment();
  }

  private Grant grant(long login, String refreshToken) {
    Instant now = clock.instant();
    return new Grant("I0." + signed("A", moment(), login, 0), refreshToken, now.plus(ACCESS_LIFE));
  }

  private String refreshToken(long login, long number) {
    if (rotating) {
      if (newest.size() >= LOGINS) {
        newest.remove(newest.keySet().iterator().next());
      }
      newest.merge(login, number, Math::max);
    }
    return signed("R", moment(), login, number);
  }

  /** Now in epoch milliseconds, but never the same twice. */
  private long moment() {
    lastMoment = Math.max(lastMoment + 1, clock.millis());
    return lastMoment;
  }

  /**
   * Whether an access token is good for a call. May kill it: {@link Dial#ACCESS_TOKEN_DIES_EARLY}.
   *
   * @param call {@code METHOD /path}
   */
  public synchronized boolean isValid(String accessToken, String call) {
    Claims claims = valid(accessToken);
    if (claims != null && faults.strike(Dial.ACCESS_TOKEN_DIES_EARLY, call).isPresent()) {
      endedAccess = Math.max(endedAccess, claims.issued);
      return false;
    }
    return claims != null;
  }

  /** Whether an access token is good now. */
  public synchronized boolean isValid(String accessToken) {
    return valid(accessToken) != null;
  }

  private @Nullable Claims valid(String accessToken) {
    Claims claims = accessToken.startsWith("I0.") ? claims(accessToken.substring(3), "A") : null;
    return claims != null
            && claims.login > endedLogins
            && claims.issued > endedAccess
            && clock.millis() < claims.issued + ACCESS_LIFE.toMillis()
        ? claims
        : null;
  }

  private String signed(String kind, long issued, long login, long number) {
    String text = String.join(":", kind, "" + issued, "" + login, "" + number, random(6));
    String body = BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return body + "." + mac(body) + "@";
  }

  private @Nullable Claims claims(String token, String kind) {
    int dot = token.indexOf('.');
    if (dot < 0 || !token.endsWith("@") || token.length() > 300) {
      return null;
    }
    String body = token.substring(0, dot);
    byte[] given = token.substring(dot + 1, token.length() - 1).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, mac(body).getBytes(StandardCharsets.UTF_8))) {
      return null;
    }
    String[] parts =
        new String(Base64.getUrlDecoder().decode(body), StandardCharsets.UTF_8).split(":", 5);
    return parts.length == 5 && parts[0].equals(kind)
        ? new Claims(Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]))
        : null;
  }

  private String mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return BASE64.encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private String random(int bytes) {
    byte[] raw = new byte[bytes];
    random.nextBytes(raw);
    return BASE64.encodeToString(raw);
  }
}
