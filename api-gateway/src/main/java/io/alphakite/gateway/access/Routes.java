package io.alphakite.gateway.access;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Every path the gateway answers and what it asks of the caller. What is not here does not exist to
 * the outside, whatever a library may have mapped.
 */
final class Routes {
  private static final PathPatternParser PARSER = new PathPatternParser();

  private static final List<Route> ALL =
      List.of(
          get("/", Need.NOTHING),
          get("/{file:[A-Za-z0-9_-]+\\.[a-z0-9]+}", Need.NOTHING),
          get("/assets/**", Need.NOTHING),
          get("/docs", Need.NOTHING),
          get("/docs/**", Need.NOTHING),
          get("/v1/openapi.json", Need.NOTHING),
          get("/health", Need.NOTHING),
          get("/actuator/health", Need.NOTHING),
          get("/actuator/health/liveness", Need.NOTHING),
          get("/actuator/health/readiness", Need.NOTHING),
          get("/actuator/prometheus", Need.MARKET_DATA),
          get("/signin", Need.NOTHING),
          // Who comes later than the handshake proves it by an "auth" message.
          get("/v1/stream", Need.NOTHING),
          get("/v1/session", Need.NOTHING),
          of("DELETE", "/v1/session", Need.NOTHING),
          get("/v1/equities/{ticker}/prices", Need.MARKET_DATA),
          get("/v1/equities/{ticker}/bars", Need.MARKET_DATA),
          get("/v1/equities/{ticker}/quote", Need.MARKET_DATA),
          get("/v1/options/{ticker}/chain", Need.MARKET_DATA),
          get("/v1/signals", Need.MARKET_DATA),
          get("/v1/gaps", Need.MARKET_DATA),
          get("/v1/tickers", Need.MARKET_DATA),
          get("/v1/tickers/{ticker}", Need.MARKET_DATA),
          of("PUT", "/v1/tickers/{ticker}", Need.ADMIN),
          of("DELETE", "/v1/tickers/{ticker}", Need.ADMIN),
          get("/v1/streaming/health", Need.MARKET_DATA),
          get("/v1/alerts", Need.MARKET_DATA),
          get("/v1/trades", Need.READ),
          of("POST", "/v1/trades", Need.TRADE),
          get("/v1/trades/{id}", Need.READ),
          get("/v1/trades/{id}/trace", Need.READ),
          of("PATCH", "/v1/trades/{id}", Need.TRADE),
          of("DELETE", "/v1/trades/{id}", Need.TRADE),
          of("POST", "/v1/trades/{id}/unprotected/accept", Need.TRADE),
          get("/v1/unresolved", Need.READ),
          of("POST", "/v1/unresolved/{id}/resolve", Need.TRADE),
          get("/v1/resolutions/{id}", Need.READ),
          get("/v1/positions", Need.READ),
          get("/v1/portfolio", Need.READ),
          get("/v1/pnl/daily", Need.READ),
          get("/v1/trading/controls", Need.READ),
          of("PATCH", "/v1/trading/controls", Need.TRADE),
          of("POST", "/v1/trading/kill", Need.TRADE),
          get("/v1/system/status", Need.READ),
          get("/v1/replay", Need.MARKET_DATA),
          of("PATCH", "/v1/replay", Need.TRADE),
          get("/v1/keys", Need.ADMIN),
          of("POST", "/v1/keys", Need.ADMIN),
          of("DELETE", "/v1/keys/{id}", Need.ADMIN),
          of("POST", "/v1/sign-in-links", Need.ADMIN));

  private Routes() {}

  /** Every route. */
  static List<Route> all() {
    return ALL;
  }

  /** The routes of a path, whatever the method; empty when nothing lives there. */
  static List<Route> at(PathContainer path) {
    List<Route> found = new ArrayList<>();
    for (Route route : ALL) {
      if (route.pattern().matches(path)) {
        found.add(route);
      }
    }
    return found;
  }

  /** The route for a method among those of a path; HEAD is answered as GET. */
  static @Nullable Route pick(List<Route> routes, String method) {
    String wanted = method.equals("HEAD") ? "GET" : method;
    for (Route route : routes) {
      if (route.method().equals(wanted)) {
        return route;
      }
    }
    return null;
  }

  /** The value of the Allow header. */
  static String allow(List<Route> routes) {
    Set<String> methods = new LinkedHashSet<>();
    for (Route route : routes) {
      methods.add(route.method());
      if (route.method().equals("GET")) {
        methods.add("HEAD");
      }
    }
    methods.add("OPTIONS");
    return String.join(", ", methods);
  }

  private static Route get(String pattern, Need need) {
    return of("GET", pattern, need);
  }

  private static Route of(String method, String pattern, Need need) {
    return new Route(method, PARSER.parse(pattern), need);
  }

  /** One method on one path. */
  record Route(String method, PathPattern pattern, Need need) {}
}
