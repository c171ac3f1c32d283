package io.alphakite.simulator.web;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The limit on order writes, per minute of wall time, as chosen when an app is registered. Counts
 * what it lets pass within the last sixty seconds. Thread-safe.
 */
final class OrderThrottle {
  private static final Duration WINDOW = Duration.ofSeconds(60);

  private final InstantSource wall;
  private final @Nullable Integer limit;
  private final ArrayDeque<Instant> passed = new ArrayDeque<>();

  /**
   * @param limit writes per minute; null = no limit
   */
  OrderThrottle(InstantSource wall, @Nullable Integer limit) {
    this.wall = wall;
    this.limit = limit;
  }

  /** Lets a write pass, or says how long it would have to wait. */
  synchronized Optional<Duration> held() {
    if (limit == null) {
      return Optional.empty();
    }
    Instant now = wall.instant();
    while (!passed.isEmpty() && !passed.getFirst().plus(WINDOW).isAfter(now)) {
      passed.removeFirst();
    }
    if (passed.size() < limit) {
      passed.addLast(now);
      return Optional.empty();
    }
    return Optional.of(
        passed.isEmpty() ? WINDOW : Duration.between(now, passed.getFirst().plus(WINDOW)));
  }
}
