package io.alphakite.model.indicator;

import io.alphakite.model.market.Price;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The simple moving average of the last {@code period} closes, the developing bar's latest price
 * being its close so far; exact, rounded half-up to ten-thousandths of a dollar when asked.
 *
 * <p>A bar exists once a tick falls into it, so gaps, nights and weekends leave none behind and the
 * average runs on across sessions. Empty until {@code period} bars exist. A tick older than the
 * newest one changes nothing; ticks of the same millisecond count in the order they come. With
 * {@link Bars#ticks()} every tick is a bar of its own.
 *
 * <p>A tick costs no allocation and constant time, a new bar a shift of {@code period} numbers. Not
 * thread-safe: one instance per ticker.
 */
public final class MovingAverage {

  /** The longest period. */
  public static final int PERIOD_MAX = 1_000;

  private static final long MINUTE_MILLIS = 60_000;
  // Where a candle's close is put: its last second, as in its stored row.
  private static final long CANDLE_CLOSE_MILLIS = 59_000;

  private final Bars bars;
  private final int period;
  // The newest bars, oldest first, at most period: the latest trade time and price of each.
  private final long[] times;
  private final long[] closesE4;
  private int size;
  private long sumE4;

  /**
   * Without any bar yet.
   *
   * @param period from 1 to {@link #PERIOD_MAX}
   * @throws IllegalArgumentException when the period is outside these bounds
   */
  public MovingAverage(Bars bars, int period) {
    if (period < 1 || period > PERIOD_MAX) {
      throw new IllegalArgumentException("Period " + period + " of a moving average");
    }
    this.bars = bars;
    this.period = period;
    this.times = new long[period];
    this.closesE4 = new long[period];
  }

  /** Goes on from a state, in the middle of a bar too, as if there had been no interruption. */
  public static MovingAverage restore(State state) {
    MovingAverage average = new MovingAverage(state.bars, state.period);
    for (Close close : state.closes) {
      average.insert(average.size, close.time.toEpochMilli(), close.price.e4());
    }
    return average;
  }

  /**
   * Takes a tick.
   *
   * @param time the trade time; milliseconds count
   * @throws ArithmeticException when the sum of the closes exceeds 63 bits
   */
  public void add(Instant time, Price price) {
    long millis = time.toEpochMilli();
    if (size == 0) {
      insert(0, millis, price.e4());
    } else if (millis >= times[size - 1]) {
      if (bars.same(times[size - 1], millis)) {
        update(size - 1, millis, price.e4());
      } else {
        insert(size, millis, price.e4());
      }
    }
  }

  /**
   * Takes the close of a finished one-minute candle that filled a gap, at its last second.
   *
   * <p>Unlike a tick it may come late: it finds its place among the bars that are there and makes
   * the bar where there is none. Where there is one it moves that bar's close only when the bar has
   * nothing newer, which lets five candles make one bar of five minutes; so a candle of a minute
   * whose ticks came must not be given. One older than all bars that count changes nothing.
   *
   * @param barStart any time within the candle's minute
   * @throws ArithmeticException when the sum of the closes exceeds 63 bits
   */
  public void addBar(Instant barStart, Price close) {
    long minute = Math.floorDiv(barStart.toEpochMilli(), MINUTE_MILLIS);
    long millis = minute * MINUTE_MILLIS + CANDLE_CLOSE_MILLIS;
    int after = size;
    while (after > 0 && times[after - 1] > millis) {
      after--;
    }
    if (after < size && bars.same(times[after], millis)) {
      return;
    }
    if (after > 0 && bars.same(times[after - 1], millis)) {
      update(after - 1, millis, close.e4());
    } else if (after > 0 || size < period) {
      insert(after, millis, close.e4());
    }
  }

  /** In ten-thousandths of a dollar; empty until {@code period} bars exist. */
  public OptionalLong valueE4() {
    return size < period ? OptionalLong.empty() : OptionalLong.of(HalfUp.divide(sumE4, period));
  }

  /** All that {@link #restore} needs. */
  public State state() {
    List<Close> closes = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      closes.add(new Close(Instant.ofEpochMilli(times[i]), new Price(closesE4[i])));
    }
    return new State(bars, period, closes);
  }

  private void update(int index, long millis, long priceE4) {
    sumE4 = Math.addExact(Math.subtractExact(sumE4, closesE4[index]), priceE4);
    times[index] = millis;
    closesE4[index] = priceE4;
  }

  /** Puts a bar before the one at this index; where all places are taken the oldest bar goes. */
  private void insert(int index, long millis, long priceE4) {
    if (size < period) {
      sumE4 = Math.addExact(sumE4, priceE4);
      System.arraycopy(times, index, times, index + 1, size - index);
      System.arraycopy(closesE4, index, closesE4, index + 1, size - index);
      times[index] = millis;
      closesE4[index] = priceE4;
      size++;
    } else {
      sumE4 = Math.addExact(Math.subtractExact(sumE4, closesE4[0]), priceE4);
      System.arraycopy(times, 1, times, 0, index - 1);
      System.arraycopy(closesE4, 1, closesE4, 0, index - 1);
      times[index - 1] = millis;
      closesE4[index - 1] = priceE4;
    }
  }

  /**
   * What a bar is: a number of seconds counted from the epoch, or one tick.
   *
   * @param seconds 0 when each tick is a bar
   */
  public record Bars(int seconds) {

    private static final int SECONDS_MAX = 86_400;
    private static final String TICK = "tick";

    /**
     * Checks what it is made of.
     *
     * @throws IllegalArgumentException when negative or more than a day
     */
    public Bars {
      if (seconds < 0 || seconds > SECONDS_MAX) {
        throw new IllegalArgumentException("Bars of " + seconds + " seconds");
      }
    }

    /**
     * Bars of this length.
     *
     * @throws IllegalArgumentException when not from 1 second to a day
     */
    public static Bars ofSeconds(int seconds) {
      if (seconds == 0) {
        throw new IllegalArgumentException("Bars of 0 seconds");
      }
      return new Bars(seconds);
    }

    /** Each tick is a bar. */
    public static Bars ticks() {
      return new Bars(0);
    }

    /**
     * The bars a setting names: {@code 1m}, {@code 5m}, {@code 1s} or {@code tick}.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    public static Bars parse(String label) {
      return switch (label) {
        case "1s" -> ofSeconds(1);
        case "1m" -> ofSeconds(60);
        case "5m" -> ofSeconds(300);
        case TICK -> ticks();
        default ->
            throw new IllegalArgumentException(
                "Not an indicator bar: \"" + label + "\" (1m, 5m, 1s or tick)");
      };
    }

    /** As settings write it. */
    public String label() {
      if (seconds == 0) {
        return TICK;
      }
      return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private boolean same(long oneMillis, long otherMillis) {
      long barMillis = seconds * 1_000L;
      return barMillis > 0
          && Math.floorDiv(oneMillis, barMillis) == Math.floorDiv(otherMillis, barMillis);
    }
  }

  /**
   * A bar's latest price.
   *
   * @param time the trade time of that price, whole milliseconds
   */
  public record Close(Instant time, Price price) {}

  /**
   * The bars that count, the developing one last.
   *
   * @param closes oldest first, at most {@code period}
   */
  public record State(Bars bars, int period, List<Close> closes) {

    /**
     * Checks what it is made of.
     *
     * @throws IllegalArgumentException when no sequence of ticks leads to such bars
     */
    public State {
      closes = List.copyOf(closes);
      if (period < 1 || period > PERIOD_MAX || closes.size() > period) {
        throw new IllegalArgumentException(closes.size() + " closes for a period of " + period);
      }
      for (int i = 1; i < closes.size(); i++) {
        long before = closes.get(i - 1).time.toEpochMilli();
        long after = closes.get(i).time.toEpochMilli();
        if (after < before || bars.same(before, after)) {
          throw new IllegalArgumentException("Closes out of order: " + closes);
        }
      }
    }

    /** Before the first bar. */
    public static State empty(Bars bars, int period) {
      return new State(bars, period, List.of());
    }
  }
}
