package io.alphakite.streaming.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.streaming.feed.FeedRules;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tuesday 2013-10-08: 04:00, 09:30 and 16:00 Eastern are 08:00, 13:30 and 20:00 UTC. */
class GapTest {

  @Test
  void firstStartInMidSessionWantsTheSessionSoFar() {
    assertThat(gap(TradingHours.REGULAR, null, "2013-10-08T14:05:31Z"))
        .contains(expected("2013-10-08T13:30:00Z", "2013-10-08T14:05:00Z", false));
    assertThat(gap(TradingHours.EXTENDED, null, "2013-10-08T14:05:31Z"))
        .contains(expected("2013-10-08T08:00:00Z", "2013-10-08T14:05:00Z", true));
    assertThat(gap(TradingHours.ALWAYS, null, "2013-10-08T14:05:31Z"))
        .contains(expected("2013-10-08T04:00:00Z", "2013-10-08T14:05:00Z", true));
  }

  @Test
  void beginsWhereTheStreamHadStopped() {
    assertThat(gap(TradingHours.REGULAR, "2013-10-08T13:41:00Z", "2013-10-08T14:05:31Z"))
        .contains(expected("2013-10-08T13:41:00Z", "2013-10-08T14:05:00Z", true));
  }

  @Test
  void candleThatEndsNowIsFinished() {
    assertThat(gap(TradingHours.REGULAR, "2013-10-08T13:41:00Z", "2013-10-08T13:42:00Z"))
        .contains(expected("2013-10-08T13:41:00Z", "2013-10-08T13:42:00Z", true));
    assertThat(gap(TradingHours.REGULAR, "2013-10-08T13:41:00Z", "2013-10-08T13:41:59.999Z"))
        .isEmpty();
  }

  @Test
  void outageSinceYesterdayWantsTodayWithThePreMarketForTheBase() {
    assertThat(gap(TradingHours.REGULAR, "2013-10-07T19:00:00Z", "2013-10-08T14:05:31Z"))
        .contains(expected("2013-10-08T08:00:00Z", "2013-10-08T14:05:00Z", true));
  }

  @Test
  void dayWithoutASessionHasNothingToFill() {
    // A Saturday.
    assertThat(gap(TradingHours.EXTENDED, null, "2013-10-12T14:05:31Z")).isEmpty();
    assertThat(gap(TradingHours.ALWAYS, null, "2013-10-12T14:05:31Z")).isPresent();
  }

  @Test
  void beforeTheOpenThereIsNothingToFill() {
    assertThat(gap(TradingHours.REGULAR, null, "2013-10-08T13:29:50Z")).isEmpty();
  }

  private static Optional<Gap> gap(TradingHours hours, @Nullable String covered, String now) {
    FeedRules rules = new FeedRules(MarketCalendar.nyse(), hours, MovingAverage.Bars.ofSeconds(60));
    return Gap.of(rules, covered == null ? null : Instant.parse(covered), Instant.parse(now));
  }

  private static Gap expected(String from, String to, boolean extended) {
    return new Gap(Instant.parse(from), Instant.parse(to), extended);
  }
}
