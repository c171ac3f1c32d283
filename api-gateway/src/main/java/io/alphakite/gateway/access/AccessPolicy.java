package io.alphakite.gateway.access;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The two questions that are not about a route: asked for every channel of the stream. */
@Component
public class AccessPolicy {
  private final boolean publicRead;

  AccessPolicy(AccessSettings settings) {
    this.publicRead = settings.publicRead();
  }

  /** Whether this caller may see market data. */
  public boolean maySeeMarketData(@Nullable Principal caller) {
    return publicRead || maySeeAccount(caller);
  }

  /** Whether this caller may see trades, positions and cash. */
  public boolean maySeeAccount(@Nullable Principal caller) {
    return caller != null && caller.may(Scope.READ);
  }
}
