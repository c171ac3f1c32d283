package io.alphakite.gateway.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** Finds out who asks. */
@Component
public class Authenticator {
  static final String COOKIE = "kite_session";

  private static final String SCHEME = "Bearer ";
  private static final int SECRET_LENGTH_MAX = 2_048;

  private final byte @Nullable [] bootstrapHash;
  private final ApiKeys keys;
  private final BrowserSessions sessions;
  private final InstantSource clock;

  Authenticator(
      AccessSettings settings, ApiKeys keys, BrowserSessions sessions, InstantSource clock) {
    this.bootstrapHash = settings.adminKey().map(Secrets::hash).orElse(null);
    this.keys = keys;
    this.sessions = sessions;
    this.clock = clock;
  }

  /** Who has this key. */
  public Optional<Principal> byKey(String key) {
    return byKeyBytes(key.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the principal's proof still holds; a revoked or expired one does not. */
  public boolean stillHolds(Principal principal) {
    if (principal.expiresAt() != null && !clock.instant().isBefore(principal.expiresAt())) {
      return false;
    }
    return switch (principal.kind()) {
      case BOOTSTRAP -> true;
      case KEY ->
          keys.findById(java.util.UUID.fromString(principal.id()))
              .filter(key -> key.validAt(clock.instant()))
              .isPresent();
      case BROWSER -> sessions.exists(principal.id());
    };
  }

  Outcome authenticate(HttpServletRequest request) {
    List<String> headers = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
    if (!headers.isEmpty()) {
      String header = headers.getFirst();
      if (headers.size() > 1 || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
        return new Outcome.Refused();
      }
      // Tomcat reads header bytes as Latin-1: this gives them back as they were sent.
      byte[] key = header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.ISO_8859_1);
      return byKeyBytes(key).<Outcome>map(Outcome.Known::new).orElseGet(Outcome.Refused::new);
    }
    String cookie = cookie(request);
    if (cookie == null) {
      return new Outcome.Anonymous();
    }
    // A cookie from before a sign-out or of another installation is as good as none.
    return sessions.find(cookie).<Outcome>map(Outcome.Known::new).orElseGet(Outcome.Anonymous::new);
  }

  static @Nullable String cookie(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(COOKIE) && cookie.getValue().length() <= SECRET_LENGTH_MAX) {
          return cookie.getValue();
        }
      }
    }
    return null;
  }

  private Optional<Principal> byKeyBytes(byte[] key) {
    if (key.length == 0 || key.length > SECRET_LENGTH_MAX) {
      return Optional.empty();
    }
    byte[] hash = Secrets.hash(key);
    if (bootstrapHash != null && MessageDigest.isEqual(bootstrapHash, hash)) {
      return Optional.of(
          Principal.of(Principal.Kind.BOOTSTRAP, "bootstrap", List.of(Scope.ADMIN), null));
    }
    return keys.findByKeyHash(hash)
        .filter(stored -> stored.validAt(clock.instant()))
        .map(
            stored ->
                Principal.of(
                    Principal.Kind.KEY,
                    stored.id().toString(),
                    stored.scopes(),
                    stored.expiresAt()));
  }

  /** What the request proves. */
  sealed interface Outcome {
    /** It proves nothing. */
    record Anonymous() implements Outcome {}

    /** It tries to prove something and fails. */
    record Refused() implements Outcome {}

    /** It proves who asks. */
    record Known(Principal principal) implements Outcome {}
  }
}
