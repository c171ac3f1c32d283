package io.alphakite.engine.risk;

import io.alphakite.model.market.Price;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The market as far as an order is concerned.
 *
 * @param bid of the order's instrument; null when nobody bids or nothing is known
 * @param ask of the order's instrument; null when nobody offers or nothing is known
 * @param quoteTime when both were last told, in market time; null when never
 * @param now market time
 * @param regularHours whether the regular session is open at {@code now}
 * @param distrust why the quote cannot be trusted however new it is, such as a mute feed: under the
 *     feed's own clock it would never grow old; null when it can
 * @param gap whether a gap in the ticker's stream is not repaired yet
 * @param clockSkew how far the broker's clock is ahead of ours; null when not known
 */
public record Market(
    @Nullable Price bid,
    @Nullable Price ask,
    @Nullable Instant quoteTime,
    Instant now,
    boolean regularHours,
    @Nullable String distrust,
    boolean gap,
    @Nullable Duration clockSkew) {

  /** With nothing known of the broker's clock. */
  public Market(
      @Nullable Price bid,
      @Nullable Price ask,
      @Nullable Instant quoteTime,
      Instant now,
      boolean regularHours,
      @Nullable String distrust,
      boolean gap) {
    this(bid, ask, quoteTime, now, regularHours, distrust, gap, null);
  }

  /** The same, seen beside a broker's clock that is so far ahead. */
  public Market skewed(@Nullable Duration skew) {
    return new Market(bid, ask, quoteTime, now, regularHours, distrust, gap, skew);
  }
}
