package io.alphakite.simulator.market;

/**
 * One ticker's minutes of one day, 04:00 to 20:00 New York time: prices in ten-thousandths of a
 * dollar. A minute without a print has no bar. Not thread-safe.
 */
public final class MinuteBars {
  /** Minutes from midnight at which a day begins. */
  public static final int FIRST_MINUTE = 4 * 60;

  private static final int MINUTES = 16 * 60;

  private final long[] open = new long[MINUTES];
  private final long[] high = new long[MINUTES];
  private final long[] low = new long[MINUTES];
  private final long[] close = new long[MINUTES];
  private final long[] volume = new long[MINUTES];
  private final boolean[] onlyStanding = new boolean[MINUTES];

  /**
   * Adds a print.
   *
   * @param standingE4 the last price before it, 0 if none; the price of a minute in which nothing
   *     moves the price
   */
  void add(int millisOfDay, long priceE4, long size, boolean movesPrice, long standingE4) {
    int i = millisOfDay / 60_000 - FIRST_MINUTE;
    if (i < 0 || i >= MINUTES) {
      return;
    }
    if (movesPrice) {
      // A minute that began with volume only shows the standing price until its first own one.
      boolean first = volume[i] == 0 || onlyStanding[i];
      open[i] = first ? priceE4 : open[i];
      high[i] = first ? priceE4 : Math.max(high[i], priceE4);
      low[i] = first ? priceE4 : Math.min(low[i], priceE4);
      close[i] = priceE4;
      onlyStanding[i] = false;
    } else if (volume[i] == 0) {
      open[i] = standingE4;
      high[i] = standingE4;
      low[i] = standingE4;
      close[i] = standingE4;
      onlyStanding[i] = true;
    }
    volume[i] += size;
  }

  /** Number of minutes in a day, with bars or without. */
  public int size() {
    return MINUTES;
  }

  /** Whether minute i (counted from 04:00) has a bar. */
  public boolean has(int i) {
    return volume[i] > 0 && close[i] > 0;
  }

  public long open(int i) {
    return open[i];
  }

  public long high(int i) {
    return high[i];
  }

  public long low(int i) {
    return low[i];
  }

  public long close(int i) {
    return close[i];
  }

  public long volume(int i) {
    return volume[i];
  }
}
