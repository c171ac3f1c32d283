package io.alphakite.engine.order;

import java.time.Instant;

/** The three times an order lives in. */
public interface EngineClock {

  /** For throttles, searches and the broker's order times. */
  Instant wall();

  /** For sessions, quotes and profit: the feed's time. */
  Instant market();

  /** For durations: nanoseconds from an arbitrary start. */
  long nanos();
}
