package io.alphakite.streaming.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every rule of tick, growth, hours and rows, with numbers worked out by hand. */
class TickerFeedTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  // A Tuesday and the Wednesday after it.
  private static final LocalDate TUESDAY = LocalDate.of(2013, 10, 8);
  private static final LocalDate WEDNESDAY = LocalDate.of(2013, 10, 9);

  private TickerFeed feed = new TickerFeed(SPY, rules(TradingHours.REGULAR, "1m"));

  @Test
  void firstMessageSetsTheBaseWithoutGrowth() {
    assertRow(send("10:00:00.100", "100.00", 5_000), "10:00:00", "100.00", 0, null);
    assertRow(send("10:00:01.000", "100.00", 5_300), "10:00:01", "100.00", 300, "100.0000");
  }

  @Test
  void firstMessageOutsideHoursSetsTheBaseAndMakesNoRow() {
    assertThat(send("09:29:50", "100.00", 5_000)).isNull();
    assertRow(send("09:30:00", "100.10", 5_200), "09:30:00", "100.10", 200, "100.1000");
  }

  @Test
  void ticksOfOneSecondAddUpAndTheLastPriceStays() {
    send("09:29:50", "100.00", 0);
    send("09:30:00.000", "100.00", 100);
    send("09:30:00.500", "101.00", 400);
    // (100 x 100 + 300 x 101 + 100 x 99) / 500 = 100.4
    assertRow(send("09:30:00.999", "99.00", 500), "09:30:00", "99.00", 500, "100.4000");
  }

  @Test
  void priceAloneMakesATickWithoutGrowth() {
    send("10:00:00", "100.00", 1_000);
    assertRow(send("10:00:01", "100.01", 1_000), "10:00:01", "100.01", 0, null);
  }

  @Test
  void volumeAloneMakesATick() {
    // How an average-price print shows: it counts, and the price stands.
    send("10:00:00", "100.00", 1_000);
    assertRow(send("10:00:01", "100.00", 1_010), "10:00:01", "100.00", 10, "100.0000");
  }

  @Test
  void nothingChangedIsNoTick() {
    send("10:00:00", "100.00", 1_000);
    assertThat(send("10:00:01", "100.00", 1_000)).isNull();
    assertThat(feed.counts().ticks()).isEqualTo(1);
  }

  @Test
  void messageWithoutPriceOrTradeTimeIsNoTickAndItsGrowthIsNotLost() {
    send("09:29:59", "100.00", 1_000);
    assertThat(feed.accept(null, 1_100L, at(TUESDAY, "10:00:00"))).isNull();
    assertThat(feed.accept(price("100.00"), 1_100L, null)).isNull();
    assertRow(send("10:00:01", "100.00", 1_250), "10:00:01", "100.00", 250, "100.0000");
  }

  @Test
  void olderMessageWithALowerTotalIsStale() {
    send("10:00:00", "100.00", 1_000);
    send("10:00:05", "100.00", 1_100);
    assertThat(send("10:00:04", "98.00", 1_050)).isNull();
    assertThat(feed.counts().stale()).isEqualTo(1);
    assertThat(feed.counts().corrections()).isZero();
    assertRow(send("10:00:06", "100.00", 1_160), "10:00:06", "100.00", 60, "100.0000");
  }

  @Test
  void newerMessageWithALowerTotalCorrectsTheBase() {
    send("10:00:00", "100.00", 1_000);
    send("10:00:05", "100.00", 1_100);
    assertRow(send("10:00:06", "100.50", 1_040), "10:00:06", "100.50", 0, "100.0000");
    assertThat(feed.counts().corrections()).isEqualTo(1);
    // VWAP: (100 x 100.00 + 60 x 102.00) / 160 = 100.75
    assertRow(send("10:00:07", "102.00", 1_100), "10:00:07", "102.00", 60, "100.7500");
  }

  @Test
  void bustedTradeThatMovesNoTimeIsACorrection() {
    send("10:00:00", "100.00", 1_000);
    send("10:00:05", "100.00", 1_100);
    assertRow(send("10:00:05", "100.00", 1_040), "10:00:05", "100.00", 100, "100.0000");
    assertThat(feed.counts().corrections()).isEqualTo(1);
    assertRow(send("10:00:06", "100.00", 1_050), "10:00:06", "100.00", 10, "100.0000");
  }

  @Test
  void closeIsOutsideTheHoursAndOpenIsInside() {
    send("09:29:59.999", "100.00", 1_000);
    assertThat(send("09:30:00.000", "100.00", 1_001)).isNotNull();
    assertThat(send("15:59:59.999", "100.00", 1_002)).isNotNull();
    assertThat(send("16:00:00.000", "100.00", 9_000)).isNull();
    assertThat(feed.counts().outsideHours()).isEqualTo(2);
  }

  @Test
  void ticksOutsideHoursMoveNothingButTheBase() {
    send("09:20:00", "90.00", 1_000);
    send("09:25:00", "91.00", 2_000);
    for (int minute = 30; minute < 38; minute++) {
      send("09:%d:00".formatted(minute), "100.00", 2_000 + (minute - 29) * 10);
    }
    assertThat(last("09:37:30", "100.00", 2_200).sma9E4()).isEmpty();
    assertThat(last("09:38:00", "109.00", 2_201).sma9E4()).hasValue(1_010_000);
  }

  @Test
  void smaIsTheMeanOfEightClosesAndTheLatestPrice() {
    send("09:29:59", "1.00", 0);
    int volume = 0;
    for (int minute = 30; minute < 38; minute++) {
      send("09:%d:10".formatted(minute), "50.00", ++volume);
      // Closes 101.00 .. 108.00, sum 836.
      assertThat(last("09:%d:50".formatted(minute), (101 + minute - 30) + ".00", ++volume).sma9E4())
          .isEmpty();
    }
    // (836 + 100) / 9 = 104; (836 + 100.01) / 9 = 104.00111.. ; (836 + 100.005) / 9 = 104.000555..
    assertThat(last("09:38:01", "100.00", ++volume).sma9E4()).hasValue(1_040_000);
    assertThat(last("09:38:02", "100.01", ++volume).sma9E4()).hasValue(1_040_011);
    assertThat(last("09:38:03", "100.005", ++volume).sma9E4()).hasValue(1_040_006);
  }

  @Test
  void smaOfTicksCountsPricesAlone() {
    feed = new TickerFeed(SPY, rules(TradingHours.REGULAR, "tick"));
    send("09:29:59", "1.00", 0);
    for (int tick = 1; tick <= 9; tick++) {
      OptionalLong sma = last("10:00:00.%03d".formatted(tick), tick + ".00", tick).sma9E4();
      assertThat(sma).isEqualTo(tick < 9 ? OptionalLong.empty() : OptionalLong.of(50_000));
    }
  }

  @Test
  void vwapStartsAnewEachSession() {
    send("09:29:59", "100.00", 1_000);
    send("15:00:00", "100.00", 1_100);
    send(WEDNESDAY, "08:00:00", "50.00", 700);
    assertRow(
        send(WEDNESDAY, "09:30:00", "60.00", 700),
        at(WEDNESDAY, "09:30:00"),
        "60.00",
        0,
        OptionalLong.empty());
    assertRow(
        send(WEDNESDAY, "09:30:01", "60.00", 710),
        at(WEDNESDAY, "09:30:01"),
        "60.00",
        10,
        OptionalLong.of(600_000));
  }

  @Test
  void newDateCountsFromZero() {
    feed = new TickerFeed(SPY, rules(TradingHours.EXTENDED, "1m"));
    send("10:00:00", "100.00", 5_000);
    assertThat(send(WEDNESDAY, "04:10:00", "100.00", 70)).isNotNull();
    assertThat(feed.state().dayVolume()).isEqualTo(70);
    assertThat(rowVolume(send(WEDNESDAY, "08:00:00", "100.00", 170))).isEqualTo(100);
  }

  @Test
  void beforeHalfPastSevenATotalMayStillBeThePreviousDates() {
    feed = new TickerFeed(SPY, rules(TradingHours.EXTENDED, "1m"));
    send("10:00:00", "100.00", 5_000);
    send("19:59:59", "100.00", 6_000);
    assertThat(rowVolume(send(WEDNESDAY, "04:10:00", "100.00", 6_050))).isEqualTo(50);
    assertThat(rowVolume(send(WEDNESDAY, "07:00:00", "100.00", 6_080))).isEqualTo(30);
    // Counted anew: 20 since the reset, not a correction.
    assertThat(rowVolume(send(WEDNESDAY, "07:28:30", "100.00", 20))).isEqualTo(20);
    assertThat(rowVolume(send(WEDNESDAY, "07:29:00", "100.00", 8_000))).isEqualTo(7_980);
    assertThat(feed.counts().corrections()).isZero();
  }

  @Test
  void olderMessageDuringTheContinuationIsStaleNotANewCount() {
    feed = new TickerFeed(SPY, rules(TradingHours.EXTENDED, "1m"));
    send("19:59:59", "100.00", 6_000);
    send(WEDNESDAY, "04:10:00", "100.00", 6_050);
    assertThat(send(WEDNESDAY, "04:09:00", "100.00", 6_020)).isNull();
    assertThat(feed.counts().stale()).isEqualTo(1);
    assertThat(rowVolume(send(WEDNESDAY, "04:11:00", "100.00", 6_060))).isEqualTo(10);
  }

  @Test
  void fromHalfPastSevenEveryTotalIsTheNewDates() {
    feed = new TickerFeed(SPY, rules(TradingHours.EXTENDED, "1m"));
    send("19:59:59", "100.00", 600);
    assertThat(rowVolume(send(WEDNESDAY, "07:30:00", "100.00", 900))).isEqualTo(900);
  }

  @Test
  void continuationEndsAtHalfPastSevenEvenWithoutALowerTotal() {
    feed = new TickerFeed(SPY, rules(TradingHours.EXTENDED, "1m"));
    send("19:59:59", "100.00", 600);
    assertThat(rowVolume(send(WEDNESDAY, "07:29:59", "100.00", 650))).isEqualTo(50);
    assertThat(rowVolume(send(WEDNESDAY, "07:30:00", "100.00", 900))).isEqualTo(900);
    assertThat(rowVolume(send(WEDNESDAY, "07:31:00", "100.00", 950))).isEqualTo(50);
  }

  @Test
  void messageOfAnEarlierDateIsStale() {
    send(WEDNESDAY, "09:29:59", "100.00", 100);
    assertThat(send("15:59:59", "100.00", 9_000)).isNull();
    assertThat(feed.counts().stale()).isEqualTo(1);
  }

  @Test
  void lateTickAddsItsVolumeToItsOwnSecond() {
    send("09:29:59", "100.00", 0);
    send("10:00:03.500", "100.00", 100);
    send("10:00:05.000", "102.00", 200);
    // Older than the last tick of its row: the price stands. VWAP of the next tick shows it
    // counted:
    // (100 x 100 + 100 x 102 + 100 x 98 + 100 x 104) / 400 = 101
    assertRow(send("10:00:03.100", "98.00", 300), "10:00:03", "100.00", 200, "100.0000");
    assertRow(send("10:00:06", "104.00", 400), "10:00:06", "104.00", 100, "101.0000");
    assertThat(feed.counts().late()).isEqualTo(1);
  }

  @Test
  void lateTickThatIsItsSecondsLastSetsThePrice() {
    send("09:29:59", "100.00", 0);
    send("10:00:03.500", "100.00", 100);
    send("10:00:05.000", "102.00", 200);
    assertRow(send("10:00:03.500", "98.00", 300), "10:00:03", "98.00", 200, "100.0000");
  }

  @Test
  void lateTickMayMakeTheRowOfItsSecond() {
    send("09:29:59", "100.00", 0);
    send("10:00:03", "100.00", 100);
    send("10:00:05", "100.00", 200);
    assertRow(send("10:00:04", "100.00", 250), "10:00:04", "100.00", 50, "100.0000");
    assertRow(send("10:00:04", "100.00", 260), "10:00:04", "100.00", 60, "100.0000");
    assertRow(send("10:00:03", "100.00", 270), "10:00:03", "100.00", 110, "100.0000");
    assertRow(send("10:00:05", "100.00", 280), "10:00:05", "100.00", 110, "100.0000");
  }

  @Test
  void olderTickWithinTheNewestSecondKeepsThePriceAndCounts() {
    send("09:29:59", "100.00", 0);
    send("10:00:03.500", "100.00", 100);
    assertRow(send("10:00:03.100", "98.00", 200), "10:00:03", "100.00", 200, "99.0000");
  }

  @Test
  void lateTickNeverMovesTheAveragesLatestPrice() {
    send("09:29:59", "100.00", 0);
    int volume = 0;
    for (int minute = 30; minute <= 38; minute++) {
      send("09:%d:30".formatted(minute), "100.00", ++volume);
    }
    send("09:38:20", "10.00", ++volume);
    assertThat(last("09:38:31", "100.00", ++volume).sma9E4()).hasValue(1_000_000);
  }

  @Test
  void lateTickBeyondTheWindowCountsInTheOldestRowHeld() {
    send("09:59:59", "100.00", 0);
    Instant start = at(TUESDAY, "10:00:00");
    for (int second = 0; second <= TickerFeed.RECENT_ROWS; second++) {
      feed.accept(price("100.00"), 10L * (second + 1), start.plusSeconds(second));
    }
    SecondRow row = send("10:00:00", "90.00", 10_000);
    assertThat(row).isNotNull();
    assertThat(row.second()).isEqualTo(start.getEpochSecond() + 1);
    assertThat(row.price()).isEqualTo(price("100.00"));
    assertThat(feed.counts().lateBeyondWindow()).isEqualTo(1);
    long held = 10_000 - 10L * (TickerFeed.RECENT_ROWS + 1);
    assertThat(row.volume()).isEqualTo(10 + held);
  }

  @Test
  void impossibleValuesAreCountedAndChangeNothing() {
    send("10:00:00", "100.00", 1_000);
    TickerState before = feed.state();
    assertThat(send("10:00:01", "0.00", 1_100)).isNull();
    assertThat(send("10:00:01", "100000000.00", 1_100)).isNull();
    assertThat(send("10:00:01", "100.00", -1)).isNull();
    assertThat(feed.accept(price("1.00"), 1L, Instant.EPOCH)).isNull();
    assertThat(feed.accept(price("1.00"), 1L, Instant.parse("2500-01-01T00:00:00Z"))).isNull();
    assertThat(feed.counts().unusable()).isEqualTo(5);
    assertThat(feed.state()).isEqualTo(before);
  }

  @Test
  void indexWithoutVolumeStillHasRowsAndAnAverage() {
    assertThat(feed.accept(price("4000.00"), null, at(TUESDAY, "10:00:00"))).isNotNull();
    SecondRow row = feed.accept(price("4000.50"), null, at(TUESDAY, "10:00:01"));
    assertThat(row).isNotNull();
    assertThat(row.volume()).isZero();
    assertThat(row.vwapE4()).isEmpty();
  }

  @Test
  void restoredInTheMiddleOfASecondGoesOnAsIfNothingHappened() {
    TickerFeed whole = new TickerFeed(SPY, rules(TradingHours.REGULAR, "1m"));
    List<SecondRow> stored = new ArrayList<>();
    TickerFeed cut = new TickerFeed(SPY, rules(TradingHours.REGULAR, "1m"));
    long volume = 0;
    Instant time = at(TUESDAY, "09:29:58");
    for (int i = 0; i < 3_000; i++) {
      time = time.plusMillis(37 + (i * 7919L) % 600);
      // Every eighth message is late by two seconds.
      Instant tradeTime = i % 8 == 7 ? time.minusMillis(2_000) : time;
      volume += i % 5 == 0 ? 0 : i % 100;
      Price price = new Price(1_000_000 + (i * 31L) % 700);
      SecondRow expected = whole.accept(price, volume, tradeTime);
      SecondRow actual = cut.accept(price, volume, tradeTime);
      assertThat(withoutPrice(actual)).isEqualTo(withoutPrice(expected));
      if (actual != null) {
        stored.removeIf(row -> row.second() == actual.second());
        stored.add(actual);
        stored.sort((one, other) -> Long.compare(one.second(), other.second()));
      }
      if (i % 10 == 0) {
        cut =
            new TickerFeed(
                SPY,
                rules(TradingHours.REGULAR, "1m"),
                cut.state(),
                stored.subList(Math.max(0, stored.size() - TickerFeed.RECENT_ROWS), stored.size()));
      }
    }
    assertThat(cut.state()).isEqualTo(whole.state());
  }

  @Test
  void growthSinceTheStoredTotalCountsAfterARestart() {
    send("09:29:59", "100.00", 1_000);
    send("10:00:00", "100.00", 1_100);
    restart();
    assertThat(send("10:00:00", "100.00", 1_100)).isNull();
    assertRow(send("10:00:30", "101.00", 1_200), "10:00:30", "101.00", 100, "100.5000");
  }

  @Test
  void nothingStoredForTheDateSetsTheBaseAgainAfterARestart() {
    send("10:00:00", "100.00", 1_000);
    restart();
    assertThat(rowVolume(send(WEDNESDAY, "10:00:00", "101.00", 700))).isZero();
    assertThat(rowVolume(send(WEDNESDAY, "10:00:01", "101.00", 710))).isEqualTo(10);
  }

  @Test
  void candlesFillAnOutageAndTheRestEntersWithTheNextMessage() {
    send("09:29:59", "100.00", 1_000);
    send("09:30:30", "100.00", 1_100);
    restart();
    // The minute of the newest trade is partly counted: its candle is left out.
    assertThat(fill("09:30", "100.50", 900)).isNull();
    // (100 x 100 + 200 x 103) / 300 = 102
    assertRow(fill("09:31", "103.00", 200), "09:31:59", "103.00", 200, "102.0000", true);
    assertRow(fill("09:33", "102.00", 300), "09:33:59", "102.00", 300, "102.0000", true);
    // 1 100 stored + 500 by candles + 150 that they did not cover:
    // (300 x 102 + 300 x 102 + 150 x 106) / 750 = 102.8
    assertRow(send("09:34:05", "106.00", 1_750), "09:34:05", "106.00", 150, "102.8000");
  }

  @Test
  void candlesFillAnOutageOfARunningFeedToo() {
    send("09:29:59", "100.00", 1_000);
    send("09:30:30", "100.00", 1_100);
    fill("09:31", "103.00", 200);
    assertThat(send("09:31:58", "103.00", 1_300)).isNull();
    assertRow(send("09:32:00", "102.00", 1_310), "09:32:00", "102.00", 10, "102.0000");
  }

  @Test
  void candlesOutsideHoursOnlyMoveTheBase() {
    send("09:20:30", "100.00", 1_000);
    restart();
    assertThat(fill("09:25", "99.00", 50)).isNull();
    assertRow(fill("09:30", "101.00", 70), "09:30:59", "101.00", 70, "101.0000", true);
    assertThat(fill("16:00", "102.00", 30)).isNull();
    assertThat(send("16:05:00", "102.00", 1_150)).isNull();
    assertThat(feed.state().dayVolume()).isEqualTo(1_150);
    assertThat(feed.counts().corrections()).isZero();
  }

  @Test
  void withNothingStoredCandlesMakeRowsAndTheFirstMessageStillSetsTheBase() {
    assertRow(fill("09:30", "101.00", 70), "09:30:59", "101.00", 70, "101.0000", true);
    assertRow(fill("09:31", "104.00", 140), "09:31:59", "104.00", 140, "103.0000", true);
    assertThat(send("09:31:58", "104.00", 50_000)).isNull();
    assertRow(send("09:32:10", "103.00", 50_090), "09:32:10", "103.00", 90, "103.0000");
  }

  @Test
  void lastImageOfACoveredMinuteBringsOnlyWhatItsCandleMissed() {
    send("09:29:59", "100.00", 1_000);
    send("09:30:30", "100.00", 1_100);
    fill("09:31", "103.00", 200);
    assertRow(send("09:31:59.700", "103.00", 1_330), "09:31:59", "103.00", 230, "102.0909", true);
  }

  @Test
  void candleIsTakenOnce() {
    send("09:29:59", "100.00", 1_000);
    fill("09:31", "103.00", 200);
    restart();
    assertThat(fill("09:31", "103.00", 200)).isNull();
    assertThat(rowVolume(send("09:32:00", "103.00", 1_201))).isEqualTo(1);
  }

  @Test
  void candlesThatTellMoreThanTheFeedAreCorrected() {
    send("09:29:59", "100.00", 1_000);
    fill("09:31", "103.00", 200);
    assertThat(rowVolume(send("09:32:00", "103.00", 1_150))).isZero();
    assertThat(feed.counts().corrections()).isEqualTo(1);
    assertThat(rowVolume(send("09:32:01", "103.00", 1_160))).isEqualTo(10);
  }

  @Test
  void candlesOfANewDateCountFromZeroOrFromThePreviousTotal() {
    feed = new TickerFeed(SPY, rules(TradingHours.EXTENDED, "1m"));
    send("19:00:00", "100.00", 5_000);
    feed.fill(candle(WEDNESDAY, "04:00", "100.00", 30));
    assertThat(rowVolume(send(WEDNESDAY, "04:01:30", "100.00", 5_032))).isEqualTo(2);

    feed = new TickerFeed(SPY, rules(TradingHours.EXTENDED, "1m"));
    send("19:00:00", "100.00", 5_000);
    feed.fill(candle(WEDNESDAY, "04:00", "100.00", 30));
    assertThat(rowVolume(send(WEDNESDAY, "04:01:30", "100.00", 33))).isEqualTo(3);
  }

  @Test
  void averageStartsAnewWithOtherBars() {
    for (int minute = 30; minute <= 39; minute++) {
      send("09:%d:30".formatted(minute), "100.00", minute);
    }
    TickerFeed other =
        new TickerFeed(SPY, rules(TradingHours.REGULAR, "5m"), feed.state(), List.of());
    SecondRow row = other.accept(price("100.00"), 50L, at(TUESDAY, "09:40:00"));
    assertThat(row).isNotNull();
    assertThat(row.sma9E4()).isEmpty();
    assertThat(row.vwapE4()).isPresent();
  }

  private static FeedRules rules(TradingHours hours, String bar) {
    return new FeedRules(CALENDAR, hours, MovingAverage.Bars.parse(bar));
  }

  private void restart() {
    feed = new TickerFeed(SPY, rules(TradingHours.REGULAR, "1m"), feed.state(), List.of());
  }

  private @Nullable SecondRow send(String time, String price, long volume) {
    return send(TUESDAY, time, price, volume);
  }

  private @Nullable SecondRow send(LocalDate date, String time, String price, long volume) {
    return feed.accept(price(price), volume, at(date, time));
  }

  private SecondRow last(String time, String price, long volume) {
    SecondRow row = send(time, price, volume);
    assertThat(row).isNotNull();
    return row;
  }

  private @Nullable SecondRow fill(String minute, String close, long volume) {
    return feed.fill(candle(TUESDAY, minute, close, volume));
  }

  private static Bar candle(LocalDate date, String minute, String close, long volume) {
    Price price = price(close);
    return new Bar(at(date, minute), price, price, price, price, volume);
  }

  private static Price price(String dollars) {
    return Price.of(dollars);
  }

  private static Instant at(LocalDate date, String time) {
    return CALENDAR.at(date, LocalTime.parse(time));
  }

  private static long rowVolume(@Nullable SecondRow row) {
    assertThat(row).isNotNull();
    return row.volume();
  }

  /** A late tick's price depends on times within the second, which rows do not keep. */
  private static @Nullable Object withoutPrice(@Nullable SecondRow row) {
    return row == null ? null : List.of(row.second(), row.volume());
  }

  private static void assertRow(
      @Nullable SecondRow row, String second, String price, long volume, @Nullable String vwap) {
    assertRow(row, second, price, volume, vwap, false);
  }

  private static void assertRow(
      @Nullable SecondRow row,
      String second,
      String price,
      long volume,
      @Nullable String vwap,
      boolean backfilled) {
    assertThat(row).isNotNull();
    assertThat(row.source())
        .isEqualTo(backfilled ? SecondRow.Source.BACKFILL : SecondRow.Source.STREAM);
    assertRow(
        row,
        at(TUESDAY, second),
        price,
        volume,
        vwap == null ? OptionalLong.empty() : OptionalLong.of(price(vwap).e4()));
  }

  private static void assertRow(
      @Nullable SecondRow row, Instant second, String price, long volume, OptionalLong vwap) {
    assertThat(row).isNotNull();
    assertThat(Instant.ofEpochSecond(row.second())).isEqualTo(second);
    assertThat(row.price()).isEqualTo(price(price));
    assertThat(row.volume()).isEqualTo(volume);
    assertThat(row.vwapE4()).isEqualTo(vwap);
  }
}
