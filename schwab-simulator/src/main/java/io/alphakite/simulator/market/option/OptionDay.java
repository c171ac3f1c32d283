package io.alphakite.simulator.market.option;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.market.MinuteBars;
import java.time.LocalDate;

/**
 * An option's trades of one session. They are invented, but not drawn: in each quarter of an hour
 * there is one or none, in a minute that the contract and the date decide, at the bid or the ask as
 * it was at that minute's end. Not thread-safe.
 */
final class OptionDay {
  private static final int OPEN_MINUTE = 9 * 60 + 30 - MinuteBars.FIRST_MINUTE;
  private static final int SLOT_MINUTES = 15;
  private static final int SLOTS = 390 / SLOT_MINUTES;
  private static final long MINUTE_MILLIS = 60_000;
  private static final int LARGEST_TRADE = 200;

  private final LocalDate session;
  private final long previousCloseE4;
  private final double activity;
  private final long seed;
  private int slot;
  private long openE4;
  private long highE4;
  private long lowE4;
  private long lastE4;
  private long lastSize;
  private long tradeTime;
  private long volume;
  private long count;

  /** Bid and ask at a price of the underlying and a time. */
  @FunctionalInterface
  interface Sides {
    long[] at(long spotE4, long millis);
  }

  /**
   * @param activity how likely a trade is, 0 to 1
   */
  OptionDay(LocalDate session, long previousCloseE4, double activity, long seed) {
    this.session = session;
    this.previousCloseE4 = previousCloseE4;
    this.activity = activity;
    this.seed = seed;
  }

  /** Adds the trades of minutes that ended by a time. */
  void upTo(OptionSymbol symbol, long open, long millis, MinuteBars bars, Sides sides) {
    long ended = (millis - open) / MINUTE_MILLIS;
    while (slot < SLOTS) {
      long draw = mix(symbol, seed * SLOTS + slot + 3);
      int minute = slot * SLOT_MINUTES + (int) Math.floorMod(draw, (long) SLOT_MINUTES);
      if (minute >= ended) {
        return;
      }
      slot++;
      double chance = (draw >>> 20 & 0xFFFF) / 65_536.0;
      int bar = OPEN_MINUTE + minute;
      if (chance < activity && bars.has(bar)) {
        long end = open + (minute + 1) * MINUTE_MILLIS;
        long[] quote = sides.at(bars.close(bar), end);
        boolean buys = quote[0] == 0 || (draw & 1L << 40) != 0;
        long size = 1 + (long) ((draw >>> 41 & 0xFFFF) / 65_536.0 * activity * LARGEST_TRADE);
        trade(quote[buys ? 1 : 0], size, end - 1 - (draw >>> 8 & 0x1FF));
      }
    }
  }

  private void trade(long priceE4, long size, long time) {
    openE4 = volume == 0 ? priceE4 : openE4;
    highE4 = volume == 0 ? priceE4 : Math.max(highE4, priceE4);
    lowE4 = volume == 0 ? priceE4 : Math.min(lowE4, priceE4);
    lastE4 = priceE4;
    lastSize = size;
    tradeTime = time;
    volume += size;
    count++;
  }

  LocalDate session() {
    return session;
  }

  long previousCloseE4() {
    return previousCloseE4;
  }

  boolean trades() {
    return volume > 0;
  }

  long openE4() {
    return openE4;
  }

  long highE4() {
    return highE4;
  }

  long lowE4() {
    return lowE4;
  }

  long lastE4() {
    return lastE4;
  }

  long lastSize() {
    return lastSize;
  }

  long tradeTime() {
    return tradeTime;
  }

  long volume() {
    return volume;
  }

  /** Trades so far. */
  long count() {
    return count;
  }

  /** A number from 0 to below {@code bound} that a contract and a salt always give. */
  static long random(OptionSymbol symbol, long salt, long bound) {
    return Math.floorMod(mix(symbol, salt), bound);
  }

  /** SplitMix64's finalizer over what identifies the contract. */
  private static long mix(OptionSymbol symbol, long salt) {
    long z =
        symbol.root().hashCode() * 0x9E3779B97F4A7C15L
            + symbol.expiration().toEpochDay() * 0xBF58476D1CE4E5B9L
            + symbol.strike().e4() * 2
            + (symbol.type() == OptionType.CALL ? 0 : 1)
            + salt * 0x94D049BB133111EBL;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
