package io.alphakite.streaming.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bars of minutes, worked out by hand. */
class MinuteBarsTest {
  private static final Ticker SPY = Ticker.of("SPY");
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");
  private static final FeedRules RULES =
      new FeedRules(MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60));

  private TickerFeed feed = new TickerFeed(SPY, RULES);

  @Test
  void minuteHasTheFirstHighestLowestAndLastPriceOfItsTicks() {
    tick(-1, "100.00", 1_000);
    tick(5, "100.10", 1_100);
    tick(5.2, "100.30", 1_150);
    tick(5.4, "99.90", 1_200);
    tick(59.9, "100.20", 1_300);
    tick(60, "100.25", 1_400);

    assertThat(bars())
        .containsExactly(
            "13:30 100.10 100.30 99.90 100.20 300 stream complete",
            "13:31 100.25 100.25 100.25 100.25 100 stream complete");
  }

  @Test
  void lateTickEntersItsOwnMinute() {
    tick(-1, "100.00", 1_000);
    tick(30, "100.00", 1_100);
    tick(61, "100.50", 1_200);
    tick(10, "99.00", 1_250);
    assertThat(bars())
        .containsExactly(
            "13:30 99.00 100.00 99.00 100.00 150 stream complete",
            "13:31 100.50 100.50 100.50 100.50 100 stream complete");
  }

  @Test
  void volumeOlderThanAllMinutesHeldGoesToTheOldest() {
    tick(-1, "100.00", 1_000);
    for (int minute = 0; minute < TickerFeed.RECENT_BARS + 1; minute++) {
      tick(60 * minute, "100.00", 1_100 + 100 * minute);
    }
    tick(1, "90.00", 2_500);
    assertThat(bars().getFirst()).startsWith("13:30 100.00 100.00 100.00 100.00 100 ");
    assertThat(bars().get(1)).startsWith("13:31 100.00 100.00 100.00 100.00 700 ");
  }

  @Test
  void minutesAroundAnInterruptionAreIncompleteAndTheRestIsNot() {
    tick(-1, "100.00", 1_000);
    tick(10, "100.00", 1_100);
    feed.interrupted();
    tick(70, "100.10", 1_300);
    tick(130, "100.20", 1_400);
    assertThat(bars())
        .containsExactly(
            "13:30 100.00 100.00 100.00 100.00 100 stream incomplete",
            "13:31 100.10 100.10 100.10 100.10 200 stream incomplete",
            "13:32 100.20 100.20 100.20 100.20 100 stream complete");
  }

  @Test
  void unchangedVolumeProvesThatNothingWasMissed() {
    tick(-1, "100.00", 1_000);
    tick(10, "100.00", 1_100);
    List<MinuteBar> stored = feed.changedBars();
    feed = new TickerFeed(SPY, RULES, feed.state(), List.of(), stored);
    tick(10, "100.00", 1_100);
    tick(20, "100.50", 1_200);
    assertThat(bars()).containsExactly("13:30 100.00 100.50 100.00 100.50 200 stream complete");
  }

  @Test
  void firstMinuteOfAFirstStartInMidSessionIsIncomplete() {
    tick(70, "100.00", 5_000);
    tick(80, "101.00", 5_100);
    assertThat(bars()).containsExactly("13:31 100.00 101.00 100.00 101.00 100 stream incomplete");
  }

  @Test
  void candleStandsForItsMinuteWhateverTheStreamBringsLater() {
    tick(-1, "100.00", 1_000);
    tick(10, "100.00", 1_100);
    feed.interrupted();
    feed.fillAll(List.of(candle(1, "100.10", "100.90", "99.80", "100.40", 500)));
    tick(130, "100.50", 1_650);
    tick(90, "98.00", 1_700);
    assertThat(bars())
        .containsExactly(
            "13:30 100.00 100.00 100.00 100.00 100 stream incomplete",
            "13:31 100.10 100.90 99.80 100.40 500 candle complete",
            "13:32 100.50 100.50 100.50 100.50 50 stream incomplete");
  }

  @Test
  void candleWithImpossiblePricesGivesABarOfItsClose() {
    feed.fillAll(List.of(candle(0, "100.00", "100.50", "100.20", "100.40", 500)));
    assertThat(bars()).containsExactly("13:30 100.40 100.40 100.40 100.40 500 candle complete");
  }

  @Test
  void ticksOutsideTheHoursGiveNoBar() {
    tick(-60, "100.00", 1_000);
    tick(-30, "101.00", 1_100);
    assertThat(bars()).isEmpty();
  }

  private void tick(double seconds, String price, long volume) {
    feed.accept(Price.of(price), volume, OPEN.plusMillis(Math.round(seconds * 1_000)));
  }

  private static Bar candle(
      int minute, String open, String high, String low, String close, long volume) {
    return new Bar(
        OPEN.plusSeconds(60L * minute),
        Price.of(open),
        Price.of(high),
        Price.of(low),
        Price.of(close),
        volume);
  }

  private List<String> bars() {
    return feed.changedBars().stream()
        .sorted(java.util.Comparator.comparing((MinuteBar row) -> row.bar().start()))
        .map(
            row ->
                "%s %s %s %s %s %d %s %s"
                    .formatted(
                        row.bar().start().toString().substring(11, 16),
                        row.bar().open(),
                        row.bar().high(),
                        row.bar().low(),
                        row.bar().close(),
                        row.bar().volume(),
                        row.source().name().toLowerCase(java.util.Locale.ROOT),
                        row.complete() ? "complete" : "incomplete"))
        .toList();
  }
}
