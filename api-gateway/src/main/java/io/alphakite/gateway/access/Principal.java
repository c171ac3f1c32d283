package io.alphakite.gateway.access;

import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param kind how they proved it
 * @param id tells principals apart; no secret
 * @param scopes in full: admin has brought the others along
 * @param expiresAt when the proof ends, if it does
 */
public record Principal(Kind kind, String id, Set<Scope> scopes, @Nullable Instant expiresAt) {

  /** How a caller proves who they are. */
  public enum Kind {
    /** By the key of {@code KITE_ADMIN_KEY}. */
    BOOTSTRAP,
    /** By a key of the table {@code api_keys}. */
    KEY,
    /** By the cookie of a browser's session. */
    BROWSER
  }

  public Principal {
    scopes = Set.copyOf(scopes);
  }

  static Principal of(
      Kind kind, String id, Collection<Scope> granted, @Nullable Instant expiresAt) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    scopes.addAll(granted);
    if (scopes.contains(Scope.ADMIN)) {
      scopes.addAll(EnumSet.allOf(Scope.class));
    }
    return new Principal(kind, id, scopes, expiresAt);
  }

  /** Whether they may do what needs this scope. */
  public boolean may(Scope scope) {
    return scopes.contains(scope);
  }

  /** The scopes' names, weakest first. */
  public List<String> scopeNames() {
    return scopes.stream().sorted().map(Scope::wire).toList();
  }
}
