package io.alphakite.simulator.web;

import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.stream.StreamerHub;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Health, probes and metrics under the addresses that the other services have them at. */
@RestController
public final class HealthController {
  private static final Map<String, Object> UP = Map.of("status", "UP");

  private final Market market;
  private final StreamerHub hub;

  public HealthController(Market market, StreamerHub hub) {
    this.market = market;
    this.hub = hub;
  }

  @GetMapping("/health")
  Map<String, Object> health() {
    Map<String, Object> feed = new LinkedHashMap<>(UP);
    feed.put("market_time", market.now().toString());
    feed.put("connections", hub.status().connections());
    String version = HealthController.class.getPackage().getImplementationVersion();
    Map<String, Object> health = new LinkedHashMap<>(UP);
    health.put("service", "schwab-simulator");
    health.put("version", version == null ? "dev" : version);
    health.put("checks", Map.of("feed", feed));
    return health;
  }

  @GetMapping({"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
  Map<String, Object> probe() {
    return UP;
  }

  @GetMapping("/actuator/prometheus")
  ResponseEntity<String> metrics() {
    return ResponseEntity.ok()
        .contentType(MediaType.parseMediaType("text/plain;version=0.0.4;charset=utf-8"))
        .body(
            """
            # HELP kite_simulator_market_time_seconds Market time, seconds since the epoch.
            # TYPE kite_simulator_market_time_seconds gauge
            kite_simulator_market_time_seconds %d
            # HELP kite_simulator_connections Streamer connections open now.
            # TYPE kite_simulator_connections gauge
            kite_simulator_connections %d
            """
                .formatted(market.now().getEpochSecond(), hub.status().connections()));
  }
}
