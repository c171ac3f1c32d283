package io.alphakite.suite.backfill;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts the candles of missing minutes into one VWAP session's stored rows and restates what
 * follows: their close x volume enters VWAP, their closes the moving average, and what the first
 * streamed row after them holds of their volume leaves it again. Pure.
 *
 * <p>Whether that row holds it is seen from its own minute: it then has more volume than its
 * candle. VWAP's sums are taken back from the stored values, which have four decimals: a restated
 * VWAP can be off by one in the fourth.
 */
final class SessionRepair {
  private static final long MINUTE = 60;
  private static final long CANDLE_CLOSE = 59;
  private static final int PERIOD = 9;

  private final MovingAverage.@Nullable Bars bars;
  private final List<StoredRow> earlier;
  private final LongPredicate valuedWithout;

  /**
   * What became of a session.
   *
   * @param rows new or changed, oldest first
   * @param candles of these rows that are new or were not valued
   * @param volume of these, in shares
   * @param from start of the first minute filled
   * @param to end of the last one
   */
  record Result(
      List<StoredRow> rows,
      int candles,
      long volume,
      @Nullable Instant from,
      @Nullable Instant to) {}

  /**
   * For one session.
   *
   * @param bars of the moving average; null when it cannot be worked out from rows
   * @param earlier the rows right before the session, oldest first
   * @param valuedWithout minutes (start, seconds since the epoch) whose lost rows had counted in
   *     the indicators: they get a row that changes nothing
   */
  SessionRepair(
      MovingAverage.@Nullable Bars bars, List<StoredRow> earlier, LongPredicate valuedWithout) {
    this.bars = bars;
    this.earlier = earlier;
    this.valuedWithout = valuedWithout;
  }

  /**
   * Works out what changes.
   *
   * @param stored the session's rows, oldest first
   * @param candles the session's candles within hours, oldest first
   */
  Result repair(List<StoredRow> stored, List<Bar> candles) {
    SortedMap<Long, StoredRow> rows = new TreeMap<>();
    Map<Long, Long> counted = new HashMap<>();
    for (StoredRow row : stored) {
      rows.put(row.second(), row);
      if (row.counted()) {
        counted.merge(minute(row.second()), row.volume(), Long::sum);
      }
    }
    Map<Long, Bar> byMinute = new HashMap<>();
    for (Bar candle : candles) {
      long start = candle.start().getEpochSecond();
      byMinute.put(start, candle);
      if (rows.subMap(start, start + MINUTE).isEmpty()) {
        rows.put(
            start + CANDLE_CLOSE,
            new StoredRow(
                start + CANDLE_CLOSE,
                candle.close(),
                candle.volume(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                true));
      }
    }
    SortedMap<Long, StoredRow> restated = vwap(rows, byMinute, counted);
    if (bars != null) {
      average(rows, restated, bars);
    }
    return result(stored, rows, restated);
  }

  private boolean fills(StoredRow row) {
    return !row.counted() && !valuedWithout.test(minute(row.second()));
  }

  private SortedMap<Long, StoredRow> vwap(
      SortedMap<Long, StoredRow> rows, Map<Long, Bar> candles, Map<Long, Long> counted) {
    SortedMap<Long, StoredRow> restated = new TreeMap<>();
    BigInteger notional = BigInteger.ZERO;
    long volume = 0;
    BigInteger moreNotional = BigInteger.ZERO;
    long moreVolume = 0;
    long run = 0;
    for (StoredRow row : rows.values()) {
      StoredRow changed = row;
      if (fills(row)) {
        run += row.volume();
        moreVolume += row.volume();
        moreNotional = moreNotional.add(product(row.price(), row.volume()));
        changed =
            row.with(
                row.volume(),
                row.sma9E4(),
                divide(notional.add(moreNotional), volume + moreVolume));
      } else if (row.counted()) {
        volume += row.volume();
        notional =
            row.vwapE4().isPresent()
                ? BigInteger.valueOf(row.vwapE4().getAsLong()).multiply(BigInteger.valueOf(volume))
                : notional;
        long less = run == 0 || row.candle() ? 0 : covered(row, run, candles, counted);
        run = row.candle() ? run : 0;
        moreVolume -= less;
        moreNotional = moreNotional.subtract(product(row.price(), less));
        if (moreVolume != 0 || moreNotional.signum() != 0) {
          changed =
              row.with(
                  row.volume() - less,
                  row.sma9E4(),
                  divide(notional.add(moreNotional), volume + moreVolume));
        }
      }
      restated.put(row.second(), changed);
    }
    return restated;
  }

  /** How much of the missing minutes' volume is in the first streamed row after them. */
  private static long covered(
      StoredRow first, long run, Map<Long, Bar> candles, Map<Long, Long> counted) {
    long minute = minute(first.second());
    Bar own = candles.get(minute);
    long excess = counted.getOrDefault(minute, 0L) - (own == null ? 0 : own.volume());
    return excess >= run / 2 ? Math.min(run, first.volume()) : 0;
  }

  /** Where the filled minutes move the moving average, it is worked out anew. */
  private void average(
      SortedMap<Long, StoredRow> rows,
      SortedMap<Long, StoredRow> restated,
      MovingAverage.Bars length) {
    MovingAverage before = new MovingAverage(length, PERIOD);
    MovingAverage now = new MovingAverage(length, PERIOD);
    for (StoredRow row : earlier) {
      add(before, row);
      add(now, row);
    }
    for (StoredRow row : rows.values()) {
      boolean fill = fills(row);
      if (fill || row.counted()) {
        add(now, row);
      }
      if (row.counted()) {
        add(before, row);
      }
      if (fill || !now.valueE4().equals(before.valueE4())) {
        StoredRow changed = restated.get(row.second());
        if (changed != null && (fill || row.counted())) {
          restated.put(
              row.second(), changed.with(changed.volume(), now.valueE4(), changed.vwapE4()));
        }
      }
    }
  }

  private static void add(MovingAverage average, StoredRow row) {
    average.add(Instant.ofEpochSecond(row.second()), row.price());
  }

  private Result result(
      List<StoredRow> stored,
      SortedMap<Long, StoredRow> rows,
      SortedMap<Long, StoredRow> restated) {
    Map<Long, StoredRow> was = new HashMap<>();
    stored.forEach(row -> was.put(row.second(), row));
    List<StoredRow> changed = new ArrayList<>();
    int candles = 0;
    long volume = 0;
    Instant from = null;
    Instant to = null;
    for (StoredRow row : restated.values()) {
      if (row.equals(was.get(row.second()))) {
        continue;
      }
      changed.add(row);
      StoredRow before = rows.get(row.second());
      if (before != null && (fills(before) || !was.containsKey(row.second()))) {
        candles++;
        volume += row.volume();
        Instant start = Instant.ofEpochSecond(minute(row.second()));
        from = from == null ? start : from;
        to = start.plusSeconds(MINUTE);
      }
    }
    return new Result(changed, candles, volume, from, to);
  }

  private static OptionalLong divide(BigInteger notional, long volume) {
    return volume <= 0
        ? OptionalLong.empty()
        : OptionalLong.of(
            new BigDecimal(notional)
                .divide(BigDecimal.valueOf(volume), 0, RoundingMode.HALF_UP)
                .longValueExact());
  }

  private static BigInteger product(Price price, long volume) {
    return BigInteger.valueOf(price.e4()).multiply(BigInteger.valueOf(volume));
  }

  private static long minute(long second) {
    return Math.floorDiv(second, MINUTE) * MINUTE;
  }
}
