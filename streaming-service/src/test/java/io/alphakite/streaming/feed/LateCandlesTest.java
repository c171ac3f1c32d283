package io.alphakite.streaming.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Candles that come late leave every row as it would be had they come in time: the oracle is the
 * same feed, given them before the first message.
 */
class LateCandlesTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void volumeThatEnteredWithTheFirstMessageIsNotCountedTwice() {
    TickerFeed feed = new TickerFeed(SPY, rules("1m"));
    Stored stored = new Stored();
    UUID gap = UUID.randomUUID();
    feed.accept(Price.of("100"), 1_000L, OPEN.minusSeconds(1));
    stored.put(feed.accept(Price.of("100"), 1_100L, OPEN.plusSeconds(10)));
    feed.leaveOpen(gap, OPEN.plus(MINUTE), OPEN.plus(MINUTE.multipliedBy(2)), true);
    stored.put(feed.accept(Price.of("106"), 1_450L, OPEN.plusSeconds(125)));
    // (100 x 100 + 350 x 106) / 450, while 200 of the 350 were traded at 103.
    assertThat(stored.row(125).vwapE4()).hasValue(1_046_667);
    assertThat(stored.row(125).complete()).isFalse();
    assertThat(stored.row(125).volume()).isEqualTo(350);

    stored.repaired(feed.repair(gap, List.of(candle(OPEN.plus(MINUTE), "103", 200))));

    assertThat(stored.row(119).volume()).isEqualTo(200);
    assertThat(stored.row(119).source()).isEqualTo(SecondRow.Source.BACKFILL);
    assertThat(stored.row(119).vwapE4()).hasValue(1_020_000);
    assertThat(stored.row(125).volume()).isEqualTo(150);
    // (100 x 100 + 200 x 103 + 150 x 106) / 450
    assertThat(stored.row(125).vwapE4()).hasValue(1_033_333);
    assertThat(stored.row(125).complete()).isTrue();
    assertThat(feed.holes()).isEmpty();
  }

  @Test
  void unavailableCandlesLeaveTheRestOfTheSessionIncompleteAndTheNextOneNot() {
    TickerFeed feed = new TickerFeed(SPY, rules("1m"));
    UUID gap = UUID.randomUUID();
    feed.accept(Price.of("100"), 1_000L, OPEN.minusSeconds(1));
    feed.leaveOpen(gap, OPEN, OPEN.plus(MINUTE), true);
    Stored stored = new Stored();
    stored.put(feed.accept(Price.of("100"), 1_100L, OPEN.plusSeconds(70)));
    feed.giveUp(gap);
    stored.put(feed.accept(Price.of("101"), 1_200L, OPEN.plusSeconds(3_600)));
    assertThat(stored.row(70).complete()).isFalse();
    assertThat(stored.row(3_600).complete()).isFalse();
    Instant next = OPEN.plus(Duration.ofDays(1));
    for (int minute = 0; minute < 10; minute++) {
      stored.put(
          feed.accept(
              Price.of("10" + minute), 2_000L + minute, next.plus(MINUTE.multipliedBy(minute))));
    }
    // The moving average reaches over the gap until nine bars lie after it.
    assertThat(stored.rows.lastEntry().getValue().complete()).isTrue();
    assertThat(feed.holes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "5m", "1s", "tick"})
  void anyRunEndsAsIfTheCandlesHadComeInTime(String bars) {
    for (long seed = 1; seed <= 60; seed++) {
      Run run = new Run(bars, seed);
      run.play();
      assertThat(run.late.values())
          .as("seed %d, bars %s", seed, bars)
          .containsExactlyElementsOf(run.inTime.values());
    }
  }

  /** A session with outages, taken by two feeds: candles in time, and candles late. */
  private static final class Run {
    final Random random;
    final FeedRules rules;
    final Stored inTimeRows = new Stored();
    final Stored lateRows = new Stored();
    final TreeMap<Long, SecondRow> inTime = inTimeRows.rows;
    final TreeMap<Long, SecondRow> late = lateRows.rows;
    final Map<UUID, List<Bar>> owed = new TreeMap<>();
    TickerFeed prompt;
    TickerFeed tardy;
    long millis = OPEN.minusSeconds(30).toEpochMilli();
    long volume = 10_000;
    long priceE4 = 1_000_000;

    Run(String bars, long seed) {
      random = new Random(seed);
      rules = rules(bars);
      prompt = new TickerFeed(SPY, rules);
      tardy = new TickerFeed(SPY, rules);
    }

    void play() {
      message(0);
      for (int part = 0; part < 4; part++) {
        ticks(random.nextInt(120));
        if (random.nextInt(4) == 0) {
          restart();
        }
        outage();
        ticks(random.nextInt(60));
        if (random.nextBoolean()) {
          restart();
        }
        if (random.nextInt(3) == 0) {
          repairOne();
        }
      }
      while (!owed.isEmpty()) {
        ticks(random.nextInt(100));
        repairOne();
      }
      ticks(50);
    }

    private void ticks(int count) {
      for (int i = 0; i < count; i++) {
        move();
        // Some come late, of an earlier second.
        message(random.nextInt(8) == 0 ? -random.nextInt(2_500) : 0);
      }
    }

    private void move() {
      millis += random.nextInt(random.nextInt(6) == 0 ? 90_000 : 1_500);
      volume += random.nextInt(4) == 0 ? 0 : random.nextInt(1, 5_000);
      priceE4 += (random.nextInt(21) - 10) * 100L;
    }

    private void message(int lateBy) {
      Instant time = Instant.ofEpochMilli(millis + lateBy);
      Price price = new Price(priceE4);
      inTimeRows.put(prompt.accept(price, volume, time));
      lateRows.put(tardy.accept(price, volume, time));
    }

    /** Ticks that nobody sees, and their candles. */
    private void outage() {
      Instant from = Objects.requireNonNull(tardy.coveredUntil());
      TreeMap<Long, Bar> candles = new TreeMap<>();
      int count = random.nextInt(1, 40);
      for (int i = 0; i < count; i++) {
        long before = volume;
        move();
        millis += random.nextInt(30_000);
        long minute = Math.floorDiv(millis, 60_000L) * 60_000L;
        Price price = new Price(priceE4);
        Bar bar = candles.get(minute);
        long size = volume - before + (bar == null ? 0 : bar.volume());
        candles.put(
            minute, new Bar(Instant.ofEpochMilli(minute), price, price, price, price, size));
      }
      // The first message after it is of a minute of its own, which is not finished.
      millis = (Math.floorDiv(millis, 60_000L) + 1) * 60_000L + random.nextInt(50_000);
      volume += random.nextInt(1, 900);
      priceE4 += 100;
      Instant to = Instant.ofEpochMilli(Math.floorDiv(millis, 60_000L) * 60_000L);
      List<Bar> missed =
          candles.values().stream().filter(bar -> !bar.start().isBefore(from)).toList();
      prompt.fillAll(missed).rows().forEach(inTimeRows::put);
      UUID gap = new UUID(random.nextLong(), random.nextLong());
      tardy.leaveOpen(gap, from, to, true);
      owed.put(gap, missed);
      message(0);
    }

    private void repairOne() {
      if (!owed.isEmpty()) {
        List<UUID> gaps = new ArrayList<>(owed.keySet());
        UUID gap = gaps.get(random.nextInt(gaps.size()));
        lateRows.repaired(tardy.repair(gap, owed.remove(gap)));
      }
    }

    private void restart() {
      prompt = restarted(prompt, inTime);
      tardy = restarted(tardy, late);
    }

    private TickerFeed restarted(TickerFeed feed, Map<Long, SecondRow> stored) {
      List<SecondRow> recent = new ArrayList<>(stored.values());
      int from = Math.max(0, recent.size() - TickerFeed.RECENT_ROWS);
      return new TickerFeed(SPY, rules, feed.state(), recent.subList(from, recent.size()));
    }
  }

  /** What a database holds: absolute rows, restated where they are stored. */
  private static final class Stored {
    final TreeMap<Long, SecondRow> rows = new TreeMap<>();

    void put(@Nullable SecondRow row) {
      if (row != null) {
        rows.put(row.second(), row);
      }
    }

    void repaired(Repair repair) {
      Restatement restatement = repair.restatement();
      if (restatement != null) {
        rows.replaceAll((second, row) -> restatement.apply(row));
      }
      repair.rows().forEach(this::put);
    }

    SecondRow row(long secondsAfterOpen) {
      SecondRow row = rows.get(OPEN.getEpochSecond() + secondsAfterOpen);
      assertThat(row).isNotNull();
      return row;
    }
  }

  private static FeedRules rules(String bars) {
    return new FeedRules(
        MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.parse(bars));
  }

  private static Bar candle(Instant start, String close, long volume) {
    Price price = Price.of(close);
    return new Bar(start, price, price, price, price, volume);
  }
}
