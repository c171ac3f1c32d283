package io.alphakite.engine.order;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Until when an order may still be sent.
 *
 * @param wall in wall time; null when only the market's clock counts
 * @param market in market time, the end of the session; null when only the wall clock counts
 */
public record Deadline(@Nullable Instant wall, @Nullable Instant market) {

  /** Whether it is too late. */
  public boolean passed(Instant wallNow, Instant marketNow) {
    return (wall != null && !wallNow.isBefore(wall))
        || (market != null && !marketNow.isBefore(market));
  }
}
