package io.alphakite.engine.order;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The three times an order lives in. */
public interface EngineClock {

  /** For throttles, searches and the broker's order times. */
  Instant wall();

  /** For sessions, quotes and profit: the feed's time. */
  Instant market();

  /** For durations: nanoseconds from an arbitrary start. */
  long nanos();

  /**
   * How far the broker's clock is ahead of ours; null when nobody can tell, or when orders do not
   * depend on it.
   */
  default @Nullable Duration skew() {
    return null;
  }
}
