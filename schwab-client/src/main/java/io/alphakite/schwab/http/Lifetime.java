package io.alphakite.schwab.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How long something may stand, by two clocks: the monotonic one stands still while the machine is
 * suspended, and the wall clock can be set. It is over as soon as one of them says so, and when the
 * wall clock was set back, since then it says nothing.
 */
final class Lifetime {

  private final InstantSource wall;
  private final MonotonicClock clock;
  private final Duration length;
  private final Instant wallBegin;
  private final long begin;

  /** Begins now. */
  Lifetime(InstantSource wall, MonotonicClock clock, Duration length) {
    this.wall = wall;
    this.clock = clock;
    this.length = length;
    this.wallBegin = wall.instant();
    this.begin = clock.nanos();
  }

  boolean over() {
    Duration byWall = Duration.between(wallBegin, wall.instant());
    return byWall.isNegative() || byWall.compareTo(length) >= 0 || !left().isPositive();
  }

  /** By the monotonic clock; not positive when it is over. */
  Duration left() {
    return length.minusNanos(clock.nanos() - begin);
  }
}
