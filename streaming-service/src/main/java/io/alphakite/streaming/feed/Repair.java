package io.alphakite.streaming.feed;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What candles did to a feed.
 *
 * @param rows the candles' own rows
 * @param restatement what changes in the rows that were made without them; null when there are none
 * @param candles that were used, those outside hours included
 * @param volume of these, in shares
 * @param before the newest values before them
 * @param after the newest values with them
 */
public record Repair(
    List<SecondRow> rows,
    @Nullable Restatement restatement,
    int candles,
    long volume,
    Values before,
    Values after) {

  /** In ten-thousandths of a dollar; empty where there is none yet. */
  public record Values(OptionalLong sma9E4, OptionalLong vwapE4) {}
}
