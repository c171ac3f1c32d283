package io.alphakite.gateway.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** The principal of a request that was let in. */
public final class Caller {
  private static final String ATTRIBUTE = Caller.class.getName();

  private Caller() {}

  /** Who asks; empty where a route asks for nobody. */
  public static Optional<Principal> of(HttpServletRequest request) {
    return Optional.ofNullable((Principal) request.getAttribute(ATTRIBUTE));
  }

  /**
   * Who asks, on a route that asks for somebody.
   *
   * @throws IllegalStateException on one that does not
   */
  public static Principal required(HttpServletRequest request) {
    return of(request).orElseThrow(() -> new IllegalStateException("nobody was asked for"));
  }

  static void put(HttpServletRequest request, Principal principal) {
    request.setAttribute(ATTRIBUTE, principal);
  }
}
