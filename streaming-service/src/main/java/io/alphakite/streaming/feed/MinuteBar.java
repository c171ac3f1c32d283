package io.alphakite.streaming.feed;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One ticker's bar of one minute, as it stands: one row of {@code equity_bars}. It holds
 * everything, so writing it twice changes nothing.
 *
 * @param complete false when part of the minute was not streamed
 * @param firstTrade the trade time of the open; null in a candle
 * @param lastTrade the trade time of the close; null in a candle
 */
public record MinuteBar(
    Ticker ticker,
    Bar bar,
    Source source,
    boolean complete,
    @Nullable Instant firstTrade,
    @Nullable Instant lastTrade) {
  // What numeric(12,4) holds.
  private static final long PRICE_E4_MAX = 999_999_999_999L;

  /**
   * A finished candle of the price history. Of one with impossible prices only the close counts, as
   * it does in the minute's row: a minute with a row has its bar.
   *
   * @return null when the close is impossible too
   */
  public static @Nullable MinuteBar ofCandle(Ticker ticker, Bar candle) {
    Price close = candle.close();
    Bar bar =
        possible(candle)
            ? candle
            : new Bar(candle.start(), close, close, close, close, candle.volume());
    return possible(bar) ? new MinuteBar(ticker, bar, Source.CANDLE, true, null, null) : null;
  }

  private static boolean possible(Bar bar) {
    return bar.low().e4() > 0
        && bar.high().e4() <= PRICE_E4_MAX
        && bar.low().compareTo(bar.open()) <= 0
        && bar.low().compareTo(bar.close()) <= 0
        && bar.high().compareTo(bar.open()) >= 0
        && bar.high().compareTo(bar.close()) >= 0;
  }

  /** What of these two stands: a candle is never replaced by what was folded from the stream. */
  public MinuteBar over(@Nullable MinuteBar before) {
    return before != null && before.source == Source.CANDLE && source == Source.STREAM
        ? before
        : this;
  }

  /** Where a bar comes from. */
  public enum Source {
    /** Folded from the ticks. */
    STREAM,
    /** The broker's own. */
    CANDLE
  }
}
