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

  /**
   * What a route asks for, for its documentation: a scope, or empty for none.
   *
   * @param pattern as the route is mapped, e.g. {@code /v1/trades/{id}}
   * @return null when there is no such route
   */
  public static @Nullable Requirement requirement(String method, String pattern) {
    for (Routes.Route route : Routes.all()) {
      if (route.method().equals(method) && route.pattern().getPatternString().equals(pattern)) {
        Scope scope = route.need().scope(false);
        return new Requirement(scope == null ? "" : scope.wire(), route.need() == Need.MARKET_DATA);
      }
    }
    return null;
  }

  /**
   * What a route asks for.
   *
   * @param scope empty for none
   * @param publicRead whether KITE_PUBLIC_READ lifts it
   */
  public record Requirement(String scope, boolean publicRead) {}
}
