package io.alphakite.gateway.access;

import org.jspecify.annotations.Nullable;

/** What a route asks of its caller. */
enum Need {
  /** Nothing: the page itself, its documentation, whether the service lives. */
  NOTHING(null),
  /** {@code read}, unless market data is public. */
  MARKET_DATA(Scope.READ),
  READ(Scope.READ),
  TRADE(Scope.TRADE),
  ADMIN(Scope.ADMIN);

  private final @Nullable Scope scope;

  Need(@Nullable Scope scope) {
    this.scope = scope;
  }

  /** The scope it takes, or null for none. */
  @Nullable Scope scope(boolean publicRead) {
    return this == MARKET_DATA && publicRead ? null : scope;
  }
}
