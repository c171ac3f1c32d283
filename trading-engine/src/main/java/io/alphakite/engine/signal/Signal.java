package io.alphakite.engine.signal;

import io.alphakite.model.indicator.Crossover;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;

/** A crossover in a finished second, with that second's values. */
public record Signal(
    Ticker ticker,
    Instant second,
    Crossover.Direction direction,
    Price price,
    Price sma9,
    Price vwap,
    Timeliness timeliness) {

  /** Whether it may be traded on. */
  public enum Timeliness {
    /** Found soon enough. */
    CURRENT,
    /** Found too late. */
    STALE,
    /** Seen on rows that were filled in from history. */
    BACKFILLED,
    /** Its values, or those it is compared with, lacked minutes of an open gap. */
    GAP
  }
}
