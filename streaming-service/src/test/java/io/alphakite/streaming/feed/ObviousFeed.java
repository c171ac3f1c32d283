package io.alphakite.streaming.feed;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The contract's words on ticks, growth, SMA9 and VWAP, done slowly: it keeps every tick it ever
 * took and works each value out from all of them. Regular hours, bars of a minute, New York four
 * hours behind UTC, no weekends.
 */
final class ObviousFeed {

  private static final long DAY = 86_400_000;
  private static final long NEW_YORK = 4 * 3_600_000L;
  private static final long OPEN = 34_200_000;
  private static final long CLOSE = 57_600_000;
  private static final long COUNTS_ANEW = 27_000_000;

  private record Tick(long millis, long priceE4, long growth) {}

  private static final class Row {
    long priceE4;
    long volume;
    long lastMillis;
    @Nullable Long sma9;
    @Nullable Long vwap;
    BigDecimal notional = BigDecimal.ZERO;
    long sessionVolume;
  }

  private final Map<Long, String> candles = new TreeMap<>();

  private final List<Tick> ticks = new ArrayList<>();
  private final NavigableMap<Long, Row> rows = new TreeMap<>();
  private long day = -1;
  private long newest = Long.MIN_VALUE;
  private @Nullable Long total;
  private boolean totalIsOfTheDayBefore;
  private @Nullable Long last;
  private long gapDay = -1;
  private long gapVolume;
  private boolean messageSinceStart;

  private static long day(long millis) {
    return Math.floorDiv(millis - NEW_YORK, DAY);
  }

  private static long timeOfDay(long millis) {
    return Math.floorMod(millis - NEW_YORK, DAY);
  }

  private static boolean open(long millis) {
    return timeOfDay(millis) >= OPEN && timeOfDay(millis) < CLOSE;
  }

  void message(long priceE4, @Nullable Long volume, long millis) {
    if (day(millis) < day) {
      return;
    }
    boolean sameDay = day(millis) == day;
    long growth = 0;
    boolean volumeChanged = false;
    if (volume != null) {
      Long seen = total;
      boolean goesOn =
          seen != null && seen > 0 && volume >= seen && timeOfDay(millis) < COUNTS_ANEW;
      long base;
      if (sameDay ? seen == null : !messageSinceStart) {
        base = volume;
      } else {
        boolean stillCounted;
        if (sameDay) {
          boolean older = millis < newest && seen != null && volume < seen;
          stillCounted = !totalIsOfTheDayBefore || older || goesOn;
        } else {
          stillCounted = goesOn;
        }
        base = (stillCounted && seen != null ? seen : 0) + (day(millis) == gapDay ? gapVolume : 0);
      }
      if (volume < base && sameDay && millis < newest) {
        return;
      }
      volumeChanged = volume != base;
      growth = Math.max(0, volume - base);
      totalIsOfTheDayBefore = goesOn && (!sameDay || totalIsOfTheDayBefore);
      total = volume;
    } else if (!sameDay) {
      total = total != null && messageSinceStart ? 0L : null;
      totalIsOfTheDayBefore = false;
    }
    boolean changed = last == null || last != priceE4 || volumeChanged;
    last = priceE4;
    day = day(millis);
    newest = sameDay ? Math.max(newest, millis) : millis;
    gapDay = -1;
    gapVolume = 0;
    messageSinceStart = true;
    if (changed && open(millis)) {
      take(new Tick(millis, priceE4, growth));
    }
  }

  private void take(Tick tick) {
    ticks.add(tick);
    long second = Math.floorDiv(tick.millis(), 1_000L);
    boolean fresh = !rows.containsKey(second);
    Row row = rows.computeIfAbsent(second, _ -> new Row());
    boolean newestOfItsSecond = fresh || tick.millis() >= row.lastMillis;
    row.volume += tick.growth();
    if (newestOfItsSecond) {
      row.priceE4 = tick.priceE4();
      row.lastMillis = tick.millis();
    }
    if (newestOfItsSecond || rows.lastKey() == second) {
      value(row);
    }
  }

  private void value(Row row) {
    row.sma9 = sma9();
    row.vwap = vwap();
    row.notional = BigDecimal.ZERO;
    row.sessionVolume = 0;
    for (Tick tick : today()) {
      row.notional =
          row.notional.add(
              BigDecimal.valueOf(tick.priceE4()).multiply(BigDecimal.valueOf(tick.growth())));
      row.sessionVolume += tick.growth();
    }
  }

  void candle(long start, long closeE4, long volume) {
    if (day(start) != gapDay) {
      gapDay = day(start);
      gapVolume = 0;
    }
    gapVolume += volume;
    last = closeE4;
    if (!open(start)) {
      return;
    }
    ticks.add(new Tick(start + 59_000, closeE4, volume));
    Row row = new Row();
    row.priceE4 = closeE4;
    row.volume = volume;
    row.lastMillis = start + 59_000;
    value(row);
    candles.put(start / 60_000, bar(start / 60_000, closeE4, closeE4, closeE4, closeE4, volume));
    rows.put((start + 59_000) / 1_000, row);
  }

  /** What is not stored is not known any more: when within its second a row's last tick was. */
  void restart() {
    messageSinceStart = false;
    rows.forEach(
        (second, row) ->
            row.lastMillis =
                Math.floorDiv(newest, 1_000L) == second ? newest : second * 1_000 + 999);
  }

  /** Of the last nine minutes that have a tick, the newest tick's price of each. */
  private @Nullable Long sma9() {
    TreeMap<Long, Long> closes = new TreeMap<>();
    long newestTick = Long.MIN_VALUE;
    for (Tick tick : ticks) {
      if (tick.millis() >= newestTick) {
        newestTick = tick.millis();
        closes.put(Math.floorDiv(tick.millis(), 60_000L), tick.priceE4());
      }
    }
    if (closes.size() < 9) {
      return null;
    }
    long sum = 0;
    for (Map.Entry<Long, Long> close :
        List.copyOf(closes.descendingMap().entrySet()).subList(0, 9)) {
      sum += close.getValue();
    }
    return rounded(BigDecimal.valueOf(sum), 9);
  }

  /** Over all ticks of the newest day. */
  private @Nullable Long vwap() {
    BigDecimal notional = BigDecimal.ZERO;
    long volume = 0;
    for (Tick tick : today()) {
      notional =
          notional.add(
              BigDecimal.valueOf(tick.priceE4()).multiply(BigDecimal.valueOf(tick.growth())));
      volume += tick.growth();
    }
    return volume == 0 ? null : rounded(notional, volume);
  }

  private List<Tick> today() {
    long today = ticks.stream().mapToLong(tick -> day(tick.millis())).max().orElseThrow();
    return ticks.stream().filter(tick -> day(tick.millis()) == today).toList();
  }

  private static long rounded(BigDecimal sum, long count) {
    return sum.divide(BigDecimal.valueOf(count), 0, RoundingMode.HALF_UP).longValueExact();
  }

  List<String> rows() {
    List<String> texts = new ArrayList<>();
    rows.forEach(
        (second, row) ->
            texts.add(
                text(second, row.priceE4, row.volume, row.sma9, row.vwap)
                    + " "
                    + row.notional
                    + " "
                    + row.sessionVolume));
    return texts;
  }

  /** Each minute's bar, out of all its ticks at once; a candle stands for its minute. */
  List<String> bars() {
    Map<Long, List<Tick>> minutes = new TreeMap<>();
    ticks.forEach(
        tick ->
            minutes
                .computeIfAbsent(Math.floorDiv(tick.millis(), 60_000L), _ -> new ArrayList<>())
                .add(tick));
    List<String> bars = new ArrayList<>();
    minutes.forEach(
        (minute, all) -> {
          List<Tick> inOrder =
              all.stream().sorted(java.util.Comparator.comparingLong(Tick::millis)).toList();
          bars.add(
              candles.getOrDefault(
                  minute,
                  bar(
                      minute,
                      inOrder.getFirst().priceE4(),
                      all.stream().mapToLong(Tick::priceE4).max().orElseThrow(),
                      all.stream().mapToLong(Tick::priceE4).min().orElseThrow(),
                      inOrder.getLast().priceE4(),
                      all.stream().mapToLong(Tick::growth).sum())));
        });
    return bars;
  }

  static String bar(long minute, long open, long high, long low, long close, long volume) {
    return minute + " " + open + " " + high + " " + low + " " + close + " " + volume;
  }

  static String text(
      long second, long priceE4, long volume, @Nullable Long sma9, @Nullable Long vwap) {
    return second + " " + priceE4 + " " + volume + " " + sma9 + " " + vwap;
  }
}
