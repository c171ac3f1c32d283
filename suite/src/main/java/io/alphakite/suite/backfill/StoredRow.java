package io.alphakite.suite.backfill;

import io.alphakite.model.market.Price;
import java.util.OptionalLong;

/**
 * A second's row of {@code equity_data} with its indicators.
 *
 * @param second its start, seconds since the epoch
 * @param sma9E4 in ten-thousandths of a dollar; empty where there is none
 * @param vwapE4 likewise
 * @param candle whether it is a candle's row
 */
record StoredRow(
    long second,
    Price price,
    long volume,
    OptionalLong sma9E4,
    OptionalLong vwapE4,
    boolean candle) {

  /** Whether its volume has entered VWAP: a candle's row that was never valued has not. */
  boolean counted() {
    return !candle || vwapE4.isPresent();
  }

  StoredRow with(long newVolume, OptionalLong sma9, OptionalLong vwap) {
    return new StoredRow(second, price, newVolume, sma9, vwap, candle);
  }
}
