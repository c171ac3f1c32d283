package io.alphakite.streaming.feed;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.indicator.SessionVwap;
import io.alphakite.model.market.Price;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whole minutes of a ticker whose candles were not to be had when the stream went on after them:
 * what has to be known to put them in later as if they had been there.
 *
 * @param gap its id in the ledger
 * @param from start of the first minute
 * @param to end of the last minute
 * @param extended whether candles outside the regular session are wanted
 * @param open false when the candles are not waited for any more
 * @param others gaps that were open already: what stood before this one lacks their candles
 * @param average the moving average before it
 * @param vwap the session VWAP before it
 * @param first the first message after it; null before that has come
 */
public record Hole(
    UUID gap,
    Instant from,
    Instant to,
    boolean extended,
    boolean open,
    List<UUID> others,
    MovingAverage.State average,
    SessionVwap.State vwap,
    @Nullable First first) {

  private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();

  /** Copies the list. */
  public Hole {
    others = List.copyOf(others);
  }

  /**
   * The first message after a hole, with which the volume of the hole entered.
   *
   * @param growth by how much it let the day's volume grow; 0 when it made no tick
   */
  public record First(Instant time, Price price, long growth) {}

  /** The same after its first message. */
  Hole with(First message) {
    return new Hole(gap, from, to, extended, open, others, average, vwap, message);
  }

  /** The same, not waited for any more. */
  Hole givenUp() {
    return new Hole(gap, from, to, extended, false, others, average, vwap, first);
  }

  /** Until when candles are wanted: the minute of the first message holds a streamed row. */
  Instant wantedUntil() {
    First message = first;
    if (message == null) {
      return to;
    }
    Instant minute =
        Instant.ofEpochMilli(
            Math.floorDiv(message.time().toEpochMilli(), MINUTE_MILLIS) * MINUTE_MILLIS);
    return minute.isBefore(to) ? minute : to;
  }

  /** Whether the session VWAP with these sums lacks this hole's candles. */
  boolean touches(SessionVwap.State sums) {
    Instant reset = sums.reset();
    return reset == null || to.isAfter(reset);
  }

  /** Whether the window of this moving average reaches over this hole. */
  boolean touches(MovingAverage.State window) {
    return window.closes().size() < window.period()
        || window.closes().getFirst().time().isBefore(to);
  }
}
