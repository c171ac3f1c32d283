package io.alphakite.streaming.feed;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One ticker's row of one second, as it stands: in the database one row of {@code equity_data} and
 * one of {@code indicators}. The newest one holds everything, so writing it twice changes nothing.
 *
 * @param second the second's start, seconds since the epoch
 * @param price the last price in that second
 * @param volume sum of the day-volume growth in that second, in shares
 * @param sma9E4 after that second's last tick, in ten-thousandths of a dollar; empty where there is
 *     none yet
 * @param vwapE4 likewise
 * @param sums null when the indicators are complete; else what they lack and the sums behind them
 * @param vwapVolume the session's volume behind the VWAP; 0 where it is not known
 * @param vwapRest what the rounded VWAP times that volume lacks of the exact sum of price x growth,
 *     in ten-thousandths of a dollar
 */
public record SecondRow(
    Ticker ticker,
    long second,
    Price price,
    long volume,
    OptionalLong sma9E4,
    OptionalLong vwapE4,
    Source source,
    @Nullable ExactSums sums,
    long vwapVolume,
    long vwapRest) {

  /** A row without the VWAP's exact sum. */
  public SecondRow(
      Ticker ticker,
      long second,
      Price price,
      long volume,
      OptionalLong sma9E4,
      OptionalLong vwapE4,
      Source source,
      @Nullable ExactSums sums) {
    this(ticker, second, price, volume, sma9E4, vwapE4, source, sums, 0, 0);
  }

  /** A row whose indicators are complete, without the VWAP's exact sum. */
  public SecondRow(
      Ticker ticker,
      long second,
      Price price,
      long volume,
      OptionalLong sma9E4,
      OptionalLong vwapE4,
      Source source) {
    this(ticker, second, price, volume, sma9E4, vwapE4, source, null);
  }

  /** The same with another volume. */
  SecondRow withVolume(long other) {
    return new SecondRow(
        ticker, second, price, other, sma9E4, vwapE4, source, sums, vwapVolume, vwapRest);
  }

  /** Whether nothing is missing from its indicators. */
  public boolean complete() {
    return sums == null;
  }

  /** Where a row comes from. */
  public enum Source {
    /** Ticks of the stream. */
    STREAM,
    /** A finished one-minute candle of the price history that filled a gap. */
    BACKFILL
  }
}
