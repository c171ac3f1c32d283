package io.alphakite.streaming.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;

/**
 * A feed against {@link ObviousFeed}, which keeps everything it was ever told and works out each
 * value from all of it: days of messages with duplicates, late and stale ones, corrections, absent
 * values, the edges of the hours, changes of date, outages filled from candles, and restarts at any
 * moment. {@code -Dfeed.seed=...} repeats a run.
 */
class TickerFeedPropertyTest {

  private static final Ticker SPY = Ticker.of("SPY");

  /** Tuesday to Friday, all of them whole sessions in summer time. */
  private static final LocalDate FIRST = LocalDate.of(2013, 10, 8);

  private static final int DAYS = 3;
  private static final int MESSAGES_A_DAY = 250;
  private static final long SEED = Long.getLong("feed.seed", new Random().nextLong());

  private final FeedRules rules =
      new FeedRules(MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60));

  private Random random = new Random(SEED);
  private TickerFeed feed = new TickerFeed(SPY, rules);
  private ObviousFeed obvious = new ObviousFeed();
  private final TreeMap<Long, SecondRow> stored = new TreeMap<>();
  private final TreeMap<Long, MinuteBar> bars = new TreeMap<>();
  private long now;
  private long total;
  private long priceE4 = 1_000_000;

  @RepeatedTest(40)
  void r31_r32_anySequenceGivesTheRowsOfTheObviousFeed(RepetitionInfo repetition) {
    run(SEED + repetition.getCurrentRepetition());
  }

  @RepeatedTest(2_000)
  @Tag("long")
  void r31_r32_anyOfManySequences(RepetitionInfo repetition) {
    run(SEED + 1_000_000 + repetition.getCurrentRepetition());
  }

  private void run(long seed) {
    random = new Random(seed);
    feed = new TickerFeed(SPY, rules);
    obvious = new ObviousFeed();
    stored.clear();
    bars.clear();
    try {
      for (int day = 0; day < DAYS; day++) {
        day(FIRST.plusDays(day));
      }
      assertThat(rows()).isEqualTo(obvious.rows());
      takeBars();
      assertThat(bars()).isEqualTo(obvious.bars());
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dfeed.seed=" + SEED + ", sequence " + seed, e);
    }
  }

  private void day(LocalDate date) {
    // In New York four hours behind.
    long midnight = date.atStartOfDay().toEpochSecond(ZoneOffset.UTC) * 1_000 + 4 * 3_600_000L;
    if (random.nextBoolean()) {
      // Before 07:30 the count of the day before may go on.
      now = midnight + 6 * 3_600_000L + random.nextInt(7_200_000);
      for (int i = random.nextInt(20); i > 0; i--) {
        now += random.nextInt(300_000);
        if (random.nextInt(4) == 0) {
          total = random.nextInt(2_000);
        }
        message();
      }
    }
    total = random.nextInt(50_000);
    now = midnight + 9 * 3_600_000L + 29 * 60_000 + random.nextInt(120_000);
    for (int i = 0; i < MESSAGES_A_DAY; i++) {
      int chance = random.nextInt(100);
      if (chance < 3) {
        outage(random.nextInt(6));
      } else if (chance < 6) {
        restart();
      } else if (chance == 6) {
        now += random.nextInt(3_600_000);
      }
      now += random.nextInt(random.nextInt(20) == 0 ? 90_000 : 2_500);
      message();
    }
    // Over the end of the session.
    now = Math.max(now, midnight + 16 * 3_600_000L - 15_000);
    for (int i = 0; i < 30; i++) {
      now += random.nextInt(1_500);
      message();
    }
  }

  /** A message of some kind, told to both. */
  private void message() {
    if (random.nextInt(3) > 0) {
      total += 100L * random.nextInt(5);
    }
    if (random.nextInt(2) == 0) {
      priceE4 = Math.max(10_000, priceE4 + 100L * (random.nextInt(21) - 10));
    }
    switch (random.nextInt(20)) {
      case 0 -> {
        // Late, with the newest total.
        tell(priceE4 + 300, total, now - random.nextInt(20_000));
      }
      case 1 -> {
        // Late and stale.
        tell(
            priceE4 - 300,
            Math.max(0, total - 100L * random.nextInt(30)),
            now - 1 - random.nextInt(20_000));
      }
      case 2 -> {
        tell(priceE4, total, now);
        tell(priceE4, total, now);
      }
      case 3 -> {
        total = Math.max(0, total - 100L * random.nextInt(10));
        tell(priceE4, total, now);
      }
      case 4 -> tell(null, total, now);
      case 5 -> tell(priceE4, total, null);
      case 6 -> tell(priceE4, null, now);
      case 7 -> tell(priceE4, total, now - 86_400_000L);
      default -> tell(priceE4, total, now);
    }
  }

  private void tell(@Nullable Long price, @Nullable Long volume, @Nullable Long millis) {
    SecondRow row =
        feed.accept(
            price == null ? null : new Price(price),
            volume,
            millis == null ? null : Instant.ofEpochMilli(millis));
    if (row != null) {
      stored.put(row.second(), row);
    }
    if (random.nextInt(50) == 0) {
      takeBars();
    }
    if (price != null && millis != null) {
      obvious.message(price, volume, millis);
    }
  }

  /** Some minutes are missed, and most of them are had from candles. */
  private void outage(int minutes) {
    Instant covered = feed.coveredUntil();
    if (covered == null) {
      return;
    }
    long start = covered.toEpochMilli();
    List<Bar> candles = new ArrayList<>();
    for (int i = 0; i < minutes; i++, start += 60_000) {
      if (random.nextInt(4) > 0) {
        priceE4 = Math.max(10_000, priceE4 + 100L * (random.nextInt(41) - 20));
        long volume = 100L * random.nextInt(20);
        total += volume;
        Price price = new Price(priceE4);
        candles.add(new Bar(Instant.ofEpochMilli(start), price, price, price, price, volume));
      }
    }
    now = Math.max(now, start) + random.nextInt(20_000);
    total += 100L * random.nextInt(5);
    for (Bar candle : candles) {
      SecondRow row = feed.fill(candle);
      if (row != null) {
        stored.put(row.second(), row);
      }
      obvious.candle(candle.start().toEpochMilli(), candle.close().e4(), candle.volume());
    }
    if (random.nextInt(3) == 0) {
      restart();
    }
  }

  private void restart() {
    List<SecondRow> newest =
        stored.descendingMap().values().stream().limit(TickerFeed.RECENT_ROWS).toList();
    takeBars();
    List<MinuteBar> newestBars =
        bars.descendingMap().values().stream().limit(TickerFeed.RECENT_BARS).toList();
    feed = new TickerFeed(SPY, rules, feed.state(), newest.reversed(), newestBars.reversed());
    obvious.restart();
  }

  private void takeBars() {
    feed.changedBars().forEach(bar -> bars.put(bar.bar().start().getEpochSecond(), bar));
    feed.barsTaken();
  }

  private List<String> bars() {
    return bars.values().stream()
        .map(MinuteBar::bar)
        .map(
            bar ->
                ObviousFeed.bar(
                    bar.start().getEpochSecond() / 60,
                    bar.open().e4(),
                    bar.high().e4(),
                    bar.low().e4(),
                    bar.close().e4(),
                    bar.volume()))
        .toList();
  }

  private List<String> rows() {
    return stored.values().stream()
        .map(
            row ->
                ObviousFeed.text(
                        row.second(),
                        row.price().e4(),
                        row.volume(),
                        row.sma9E4().isPresent() ? row.sma9E4().getAsLong() : null,
                        row.vwapE4().isPresent() ? row.vwapE4().getAsLong() : null)
                    + " "
                    + BigInteger.valueOf(row.vwapE4().orElse(0))
                        .multiply(BigInteger.valueOf(row.vwapVolume()))
                        .add(BigInteger.valueOf(row.vwapRest()))
                    + " "
                    + row.vwapVolume())
        .toList();
  }
}
