package io.alphakite.streaming.feed;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.indicator.SessionVwap;
import io.alphakite.model.market.Price;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a {@link TickerFeed} needs to go on as if there had been no interruption; written in the
 * transaction that writes the rows it belongs to.
 *
 * @param date the Eastern date of the newest message; null before the first
 * @param dayVolume the day's volume as last told; null when never told
 * @param continuesPrevious whether the feed still counts on from the previous date's total
 * @param newestTrade the newest trade time of that date
 * @param lastPrice of the last message or, if later, of the last candle
 * @param coveredUntil until when candles have filled; null when none has
 * @param gapDate the Eastern date of the candles since the last message; null without any
 * @param gapVolume the volume of these candles
 * @param holes minutes whose candles have not come, oldest first
 */
public record TickerState(
    @Nullable LocalDate date,
    @Nullable Long dayVolume,
    boolean continuesPrevious,
    @Nullable Instant newestTrade,
    @Nullable Price lastPrice,
    @Nullable Instant coveredUntil,
    @Nullable LocalDate gapDate,
    long gapVolume,
    MovingAverage.State average,
    SessionVwap.State vwap,
    List<Hole> holes) {

  /** Copies the list. */
  public TickerState {
    holes = List.copyOf(holes);
  }

  /** Before the first message. */
  public static TickerState empty(FeedRules rules) {
    return new TickerState(
        null,
        null,
        false,
        null,
        null,
        null,
        null,
        0,
        MovingAverage.State.empty(rules.bars(), FeedRules.PERIOD),
        SessionVwap.State.empty(),
        List.of());
  }

  /** The same with another moving average. */
  public TickerState with(MovingAverage.State other) {
    return new TickerState(
        date,
        dayVolume,
        continuesPrevious,
        newestTrade,
        lastPrice,
        coveredUntil,
        gapDate,
        gapVolume,
        other,
        vwap,
        holes);
  }
}
