package io.alphakite.model.indicator;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Price;
import java.math.BigInteger;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The volume-weighted average price of the session: sum(price x growth) / sum(growth) over every
 * tick since the session's start, exact, rounded half-up to ten-thousandths of a dollar when asked.
 *
 * <p>Starts anew at 09:30 Eastern of each session, and at 04:00 too unless the hours are {@code
 * REGULAR}. Empty before the first volume. Ticks outside the trading hours do not belong here and
 * are the caller's to hold back. A tick from before the present session's start is ignored; within
 * the session order does not matter.
 *
 * <p>The sum of price x growth is kept in 128 bits, which it cannot exceed while the volume fits in
 * 63. Not thread-safe: one instance per ticker.
 */
public final class SessionVwap {

  private final MarketCalendar calendar;
  private final TradingHours hours;
  // The session in progress is [resetMillis, nextResetMillis); empty before the first tick.
  private long resetMillis;
  private long nextResetMillis;
  private long notionalE4High;
  private long notionalE4Low;
  private long volume;

  /** Without any tick yet. */
  public SessionVwap(MarketCalendar calendar, TradingHours hours) {
    this.calendar = calendar;
    this.hours = hours;
    this.resetMillis = Long.MIN_VALUE;
    this.nextResetMillis = Long.MIN_VALUE;
  }

  /** Goes on from a state as if there had been no interruption. */
  public static SessionVwap restore(MarketCalendar calendar, TradingHours hours, State state) {
    SessionVwap vwap = new SessionVwap(calendar, hours);
    if (state.reset != null) {
      vwap.resetMillis = state.reset.toEpochMilli();
      vwap.nextResetMillis = calendar.nextVwapReset(state.reset, hours).toEpochMilli();
    }
    vwap.notionalE4High = state.notionalE4.shiftRight(Long.SIZE).longValue();
    vwap.notionalE4Low = state.notionalE4.longValue();
    vwap.volume = state.volume;
    return vwap;
  }

  /**
   * Counts one tick, or one finished candle with its close and volume.
   *
   * @param time the trade time; milliseconds count
   * @param growth by how much the day's volume grew; 0 leaves the average as it is
   * @throws IllegalArgumentException when growth is negative
   * @throws ArithmeticException when the volume exceeds 63 bits
   */
  public void add(Instant time, Price price, long growth) {
    if (growth < 0) {
      throw new IllegalArgumentException("Volume growth " + growth + " at " + time);
    }
    long millis = time.toEpochMilli();
    if (millis >= nextResetMillis) {
      startSession(time);
    } else if (millis < resetMillis) {
      return;
    }
    volume = Math.addExact(volume, growth);
    long low = price.e4() * growth;
    notionalE4Low += low;
    long carry = Long.compareUnsigned(notionalE4Low, low) < 0 ? 1 : 0;
    notionalE4High += Math.multiplyHigh(price.e4(), growth) + carry;
  }

  /** In ten-thousandths of a dollar; empty before the session's first volume. */
  public OptionalLong valueE4() {
    if (volume == 0) {
      return OptionalLong.empty();
    }
    if (notionalE4High == notionalE4Low >> (Long.SIZE - 1)) {
      return OptionalLong.of(HalfUp.divide(notionalE4Low, volume));
    }
    return OptionalLong.of(HalfUp.divide(notionalE4(), volume));
  }

  /** The volume that {@link #valueE4} is the average over, in shares. */
  public long volume() {
    return volume;
  }

  /**
   * The exact sum of price x growth less {@link #valueE4} times {@link #volume}: what the rounding
   * took, in ten-thousandths of a dollar. At most half the volume.
   */
  public long restE4() {
    // What overflows cancels out: the difference fits.
    return volume == 0 ? 0 : notionalE4Low - valueE4().orElseThrow() * volume;
  }

  /** All that {@link #restore} needs. */
  public State state() {
    return new State(
        resetMillis == Long.MIN_VALUE ? null : Instant.ofEpochMilli(resetMillis),
        notionalE4(),
        volume);
  }

  private void startSession(Instant time) {
    resetMillis = calendar.lastVwapReset(time, hours).toEpochMilli();
    nextResetMillis = calendar.nextVwapReset(time, hours).toEpochMilli();
    notionalE4High = 0;
    notionalE4Low = 0;
    volume = 0;
  }

  private BigInteger notionalE4() {
    BigInteger low = BigInteger.valueOf(notionalE4Low);
    if (notionalE4High == notionalE4Low >> (Long.SIZE - 1)) {
      return low;
    }
    // The lower half is unsigned: a set top bit is worth +2^63, not -2^63.
    long high = notionalE4Low < 0 ? notionalE4High + 1 : notionalE4High;
    return BigInteger.valueOf(high).shiftLeft(Long.SIZE).add(low);
  }

  /**
   * The sums of the session in progress.
   *
   * @param reset when it started; null before the first tick ever
   * @param notionalE4 sum of price x growth, in ten-thousandths of a dollar
   * @param volume sum of growth, in shares
   */
  public record State(@Nullable Instant reset, BigInteger notionalE4, long volume) {

    private static final int NOTIONAL_BITS_MAX = 2 * Long.SIZE - 1;

    /**
     * Checks what it is made of.
     *
     * @throws IllegalArgumentException when no sequence of ticks leads to such sums
     */
    public State {
      if (volume < 0 || notionalE4.bitLength() > NOTIONAL_BITS_MAX) {
        throw new IllegalArgumentException("VWAP sums " + notionalE4 + " / " + volume);
      }
      if (volume == 0 && notionalE4.signum() != 0) {
        throw new IllegalArgumentException("VWAP notional " + notionalE4 + " without volume");
      }
      if (reset == null && volume != 0) {
        throw new IllegalArgumentException("VWAP volume " + volume + " without a session");
      }
    }

    /** The average of these sums, in ten-thousandths of a dollar; empty without volume. */
    public OptionalLong valueE4() {
      return volume == 0
          ? OptionalLong.empty()
          : OptionalLong.of(HalfUp.divide(notionalE4, volume));
    }

    /**
     * What the rounding of {@link #valueE4} took of the sum, in ten-thousandths of a dollar; 0
     * without volume.
     */
    public long restE4() {
      OptionalLong value = valueE4();
      return value.isEmpty()
          ? 0
          : notionalE4
              .subtract(BigInteger.valueOf(value.getAsLong()).multiply(BigInteger.valueOf(volume)))
              .longValueExact();
    }

    /** Before the first tick ever. */
    public static State empty() {
      return new State(null, BigInteger.ZERO, 0);
    }
  }
}
