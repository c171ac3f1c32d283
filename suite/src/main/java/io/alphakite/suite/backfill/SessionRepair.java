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
 * <p>VWAP is worked out from the exact sums that are kept with each row. Two things are not always
 * known, and then the row does not claim exact sums any more: sums of rows that were stored without
 * them are taken from their VWAP of four decimals; and of the first message after the minutes,
 * which is known where the ledger has it, price and volume are else its second's.
 */
final class SessionRepair {
  private static final long MINUTE = 60;
  private static final long CANDLE_CLOSE = 59;
  private static final int PERIOD = 9;

  private final MovingAverage.@Nullable Bars bars;
  private final List<StoredRow> earlier;
  private final LongPredicate valuedWithout;
  private final LongPredicate wanted;
  private final Map<Long, First> firsts;

  /**
   * The first message after a gap whose candles did not come.
   *
   * @param growth by how much the day's volume grew with it
   * @param since the second in which the gap began
   */
  record First(Price price, long growth, long since) {}

  /**
   * What became of a session.
   *
   * @param rows new or changed, oldest first
   * @param candles of these rows that are new or were not valued
   * @param added of these, those that are new
   * @param volume of these, in shares
   * @param from start of the first minute filled
   * @param to end of the last one
   */
  record Result(
      List<StoredRow> rows,
      int candles,
      int added,
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
   * @param wanted minutes that are to be filled
   * @param firsts by their second
   */
  SessionRepair(
      MovingAverage.@Nullable Bars bars,
      List<StoredRow> earlier,
      LongPredicate valuedWithout,
      LongPredicate wanted,
      Map<Long, First> firsts) {
    this.bars = bars;
    this.earlier = earlier;
    this.valuedWithout = valuedWithout;
    this.wanted = wanted;
    this.firsts = firsts;
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
      if (wanted.test(start) && rows.subMap(start, start + MINUTE).isEmpty()) {
        rows.put(
            start + CANDLE_CLOSE,
            new StoredRow(
                start + CANDLE_CLOSE,
                candle.close(),
                candle.volume(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                true,
                null));
      }
    }
    SortedMap<Long, StoredRow> restated = vwap(rows, byMinute, counted);
    if (bars != null) {
      average(rows, restated, bars);
    }
    return result(stored, rows, restated);
  }

  private boolean fills(StoredRow row) {
    long minute = minute(row.second());
    return !row.counted() && wanted.test(minute) && !valuedWithout.test(minute);
  }

  private SortedMap<Long, StoredRow> vwap(
      SortedMap<Long, StoredRow> rows, Map<Long, Bar> candles, Map<Long, Long> counted) {
    SortedMap<Long, StoredRow> restated = new TreeMap<>();
    Running stored = new Running(BigInteger.ZERO, 0, true);
    Running more = new Running(BigInteger.ZERO, 0, true);
    long run = 0;
    for (StoredRow row : rows.values()) {
      StoredRow changed = row;
      if (fills(row)) {
        run += row.volume();
        more = more.plus(row.price(), row.volume());
        changed = valued(row, row.volume(), stored, more);
      } else if (row.counted()) {
        Running before = stored;
        stored = before.upTo(row);
        First first = firsts.get(row.second());
        long less =
            run == 0 || row.candle()
                ? 0
                : first == null
                    ? covered(row, run, candles, counted)
                    : Math.min(Math.min(run, row.volume()), growthLeft(row, first, rows));
        if (less > 0) {
          more =
              first == null
                  ? more.minus(
                      row.price(), less, stored.equals(before.plus(row.price(), row.volume())))
                  : more.minus(first.price(), less, true);
        }
        run = row.candle() ? run : 0;
        if (!more.isNothing()) {
          changed = valued(row, row.volume() - less, stored, more);
        }
      }
      restated.put(row.second(), changed);
    }
    return restated;
  }

  /** What earlier repairs of the gap have not yet taken out of its first message. */
  private long growthLeft(StoredRow row, First first, SortedMap<Long, StoredRow> rows) {
    long taken = 0;
    if (first.since < row.second()) {
      for (StoredRow candle : rows.subMap(first.since, row.second()).values()) {
        taken += candle.candle() && candle.counted() && !fills(candle) ? candle.volume() : 0;
      }
    }
    return Math.max(0, first.growth - taken);
  }

  private static StoredRow valued(StoredRow row, long newVolume, Running stored, Running more) {
    BigInteger notional = stored.notional.add(more.notional);
    long volume = stored.volume + more.volume;
    return row.with(
        newVolume,
        divide(notional, volume),
        stored.exact && more.exact ? new StoredRow.Sums(notional, volume) : null);
  }

  /**
   * Sums up to a row.
   *
   * @param exact whether nothing in them is rounded or taken for something else
   */
  private record Running(BigInteger notional, long volume, boolean exact) {

    /** The sums that the stored row stands for. */
    Running upTo(StoredRow row) {
      StoredRow.Sums sums = row.sums();
      if (sums != null) {
        return new Running(sums.notionalE4(), sums.volume(), true);
      }
      if (exact && (row.candle() || row.volume() == 0)) {
        return plus(row.price(), row.volume());
      }
      long sum = volume + row.volume();
      BigInteger product =
          row.vwapE4().isPresent()
              ? BigInteger.valueOf(row.vwapE4().getAsLong()).multiply(BigInteger.valueOf(sum))
              : notional.add(product(row.price(), row.volume()));
      return new Running(product, sum, false);
    }

    Running plus(Price price, long more) {
      return new Running(notional.add(product(price, more)), volume + more, exact);
    }

    Running minus(Price price, long less, boolean known) {
      return new Running(notional.subtract(product(price, less)), volume - less, exact && known);
    }

    boolean isNothing() {
      return volume == 0 && notional.signum() == 0;
    }
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
          restated.put(row.second(), changed.withAverage(now.valueE4()));
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
    int added = 0;
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
        added += was.containsKey(row.second()) ? 0 : 1;
        volume += row.volume();
        Instant start = Instant.ofEpochSecond(minute(row.second()));
        from = from == null ? start : from;
        to = start.plusSeconds(MINUTE);
      }
    }
    return new Result(changed, candles, added, volume, from, to);
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
