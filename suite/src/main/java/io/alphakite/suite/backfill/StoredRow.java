package io.alphakite.suite.backfill;

import io.alphakite.model.market.Price;
import java.math.BigInteger;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A second's row of {@code equity_data} with its indicators.
 *
 * @param second its start, seconds since the epoch
 * @param sma9E4 in ten-thousandths of a dollar; empty where there is none
 * @param vwapE4 likewise
 * @param candle whether it is a candle's row
 * @param sums behind the VWAP; null where they are not known exactly
 */
record StoredRow(
    long second,
    Price price,
    long volume,
    OptionalLong sma9E4,
    OptionalLong vwapE4,
    boolean candle,
    @Nullable Sums sums) {

  /**
   * The exact sums of a session after a row.
   *
   * @param notionalE4 of price x growth, in ten-thousandths of a dollar
   * @param volume of growth, in shares
   */
  record Sums(BigInteger notionalE4, long volume) {}

  /** Whether its volume has entered VWAP: a candle's row that was never valued has not. */
  boolean counted() {
    return !candle || vwapE4.isPresent();
  }

  StoredRow with(long newVolume, OptionalLong vwap, @Nullable Sums newSums) {
    return new StoredRow(second, price, newVolume, sma9E4, vwap, candle, newSums);
  }

  StoredRow withAverage(OptionalLong sma9) {
    return new StoredRow(second, price, volume, sma9, vwapE4, candle, sums);
  }
}
