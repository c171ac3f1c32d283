package io.alphakite.platform.time;

import java.time.Instant;

/**
 * Market time: what P&amp;L dates, daily loss, DAY expiry, hours and quote age are judged by.
 * Throttles, tokens and heartbeats use the wall clock.
 */
@FunctionalInterface
public interface MarketClock {

  /** Now, in the market. {@link Instant#EPOCH} when the feed has not shown anything yet. */
  Instant now();
}
