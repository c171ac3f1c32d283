package io.alphakite.simulator.auth;

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
 * good when the simulator starts again. The same refresh token comes back on every refresh, until
 * it dies seven days after the login. Thread-safe.
 */
public final class Tokens {
  /** Life of an access token. */
  public static final Duration ACCESS_LIFE = Duration.ofMinutes(30);

  /** Life of a refresh token from the login; refreshing does not extend it. */
  public static final Duration REFRESH_LIFE = Duration.ofDays(7);

  private static final Duration CODE_LIFE = Duration.ofSeconds(30);
  private static final int CODES = 1000;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final InstantSource wall;
  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Code> codes = new LinkedHashMap<>();

  private record Code(String redirectUri, Instant issued) {}

  /** What a successful token request gives. */
  public record Grant(String accessToken, String refreshToken, Instant expiresAt) {
    @Override
    public String toString() {
      return "Grant[expiresAt=" + expiresAt + "]";
    }
  }

  public Tokens(InstantSource wall, @Nullable String appKey, @Nullable String appSecret) {
    this.wall = wall;
    byte[] material = ("simulator:" + appKey + ":" + appSecret).getBytes(StandardCharsets.UTF_8);
    this.key = new SecretKeySpec(material, "HmacSHA256");
  }

  /** A code for one use within 30 seconds; ends with an at sign. */
  public synchronized String code(String redirectUri) {
    if (codes.size() >= CODES) {
      codes.remove(codes.keySet().iterator().next());
    }
    String code = "C0." + random(24) + "." + random(8) + "@";
    codes.put(code, new Code(redirectUri, wall.instant()));
    return code;
  }

  /** Exchanges a code; empty when unknown, used, too old, or for another redirect URI. */
  public synchronized Optional<Grant> exchange(String code, String redirectUri) {
    Code issued = codes.remove(code);
    if (issued == null
        || !issued.redirectUri.equals(redirectUri)
        || wall.instant().isAfter(issued.issued.plus(CODE_LIFE))) {
      return Optional.empty();
    }
    return Optional.of(login());
  }

  /** Tokens as after a person's login just now. */
  public Grant login() {
    long now = wall.instant().getEpochSecond();
    return grant(signed("R", now));
  }

  /** A new access token; empty when the refresh token is not ours or has died. */
  public Optional<Grant> refresh(String refreshToken) {
    return date(refreshToken, "R")
        .filter(login -> wall.instant().isBefore(login.plus(REFRESH_LIFE)))
        .map(_ -> grant(refreshToken));
  }

  private Grant grant(String refreshToken) {
    Instant now = wall.instant();
    return new Grant(
        "I0." + signed("A", now.getEpochSecond()), refreshToken, now.plus(ACCESS_LIFE));
  }

  /** Whether an access token is good now. */
  public boolean isValid(String accessToken) {
    return accessToken.startsWith("I0.")
        && date(accessToken.substring(3), "A")
            .filter(issued -> wall.instant().isBefore(issued.plus(ACCESS_LIFE)))
            .isPresent();
  }

  private String signed(String kind, long epochSecond) {
    String body =
        BASE64.encodeToString(
            (kind + ":" + epochSecond + ":" + random(6)).getBytes(StandardCharsets.UTF_8));
    return body + "." + mac(body) + "@";
  }

  private Optional<Instant> date(String token, String kind) {
    int dot = token.indexOf('.');
    if (dot < 0 || !token.endsWith("@") || token.length() > 300) {
      return Optional.empty();
    }
    String body = token.substring(0, dot);
    byte[] given = token.substring(dot + 1, token.length() - 1).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, mac(body).getBytes(StandardCharsets.UTF_8))) {
      return Optional.empty();
    }
    String[] parts =
        new String(Base64.getUrlDecoder().decode(body), StandardCharsets.UTF_8).split(":", 3);
    return parts[0].equals(kind)
        ? Optional.of(Instant.ofEpochSecond(Long.parseLong(parts[1])))
        : Optional.empty();
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
