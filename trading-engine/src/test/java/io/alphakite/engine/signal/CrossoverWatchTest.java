package io.alphakite.engine.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.signal.CrossoverWatch.Seen;
import io.alphakite.engine.signal.Signal.Timeliness;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.Crossover;
import io.alphakite.model.indicator.Crossover.Direction;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CrossoverWatchTest {

  private static final Ticker SPY = Ticker.of("SPY");
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");

  private final CrossoverWatch watch =
      new CrossoverWatch(MarketCalendar.nyse(), TradingHours.REGULAR, Duration.ofSeconds(5));

  @Test
  void seesTheCrossoverWithItsSecondsValues() {
    Seen seen =
        look(
            Crossover.State.empty(),
            List.of(row(0, "10.00", "10.10"), row(1, "10.20", "10.10"), row(2, "10.30", "10.10")),
            3);
    assertThat(seen.signals())
        .containsExactly(
            new Signal(
                SPY,
                OPEN.plusSeconds(1),
                Direction.UP,
                Price.of("50.00"),
                Price.of("10.20"),
                Price.of("10.10"),
                Timeliness.CURRENT));
  }

  @Test
  void leavesTheLastSecondUntilMarketTimeHasPassedItByTwoSeconds() {
    List<FinishedSecond> rows = List.of(row(0, "10.00", "10.10"), row(1, "10.20", "10.10"));
    Seen early = look(Crossover.State.empty(), rows, 2);
    assertThat(early.signals()).isEmpty();
    assertThat(early.state().lastSecond()).isEqualTo(OPEN);
    assertThat(look(early.state(), rows.subList(1, 2), 3).signals()).hasSize(1);
  }

  @Test
  void lastOfABatchIsFinishedWhenMoreFollow() {
    List<FinishedSecond> rows = List.of(row(0, "10.00", "10.10"), row(1, "10.20", "10.10"));
    assertThat(
            watch
                .look(SPY, Crossover.State.empty(), false, rows, true, OPEN.plusSeconds(1))
                .signals())
        .hasSize(1);
  }

  @Test
  void lateAndBackfilledOnesAreMarked() {
    List<FinishedSecond> rows =
        List.of(
            row(0, "10.00", "10.10"),
            row(1, "10.20", "10.10"),
            new FinishedSecond(
                OPEN.plusSeconds(2),
                Price.of("50"),
                Price.of("10.00"),
                Price.of("10.10"),
                true,
                true));
    assertThat(look(Crossover.State.empty(), rows, 6).signals())
        .extracting(Signal::timeliness)
        .containsExactly(Timeliness.CURRENT, Timeliness.BACKFILLED);
    assertThat(look(Crossover.State.empty(), rows, 7).signals())
        .extracting(Signal::timeliness)
        .containsExactly(Timeliness.STALE, Timeliness.BACKFILLED);
  }

  @Test
  void crossoverOnOrAfterIncompleteValuesIsMarked() {
    List<FinishedSecond> rows =
        List.of(
            row(0, "10.00", "10.10"),
            incomplete(row(1, "10.20", "10.10")),
            row(2, "10.00", "10.10"),
            row(3, "10.20", "10.10"));
    assertThat(look(Crossover.State.empty(), rows, 5).signals())
        .extracting(Signal::timeliness)
        // The second one may only have seen the first values put right.
        .containsExactly(Timeliness.GAP, Timeliness.GAP, Timeliness.CURRENT);

    Seen first = look(Crossover.State.empty(), rows.subList(0, 2), 4);
    assertThat(first.doubtful()).isTrue();
    assertThat(
            watch
                .look(SPY, first.state(), true, rows.subList(2, 3), false, OPEN.plusSeconds(4))
                .signals())
        .extracting(Signal::timeliness)
        .containsExactly(Timeliness.GAP);
  }

  @Test
  void forgetsYesterdaysRelation() {
    Seen yesterday = look(Crossover.State.empty(), List.of(row(-3600 * 20, "9.00", "10.00")), 0);
    assertThat(yesterday.state().relation()).isNotNull();
    Seen today =
        look(yesterday.state(), List.of(row(0, null, "10.00"), row(1, "11.00", "10.00")), 10);
    assertThat(today.signals()).isEmpty();
  }

  @Test
  void batchesDoNotMatter() {
    List<FinishedSecond> rows =
        List.of(
            row(0, "10.00", "10.10"),
            row(1, "10.10", "10.10"),
            row(2, "10.20", "10.10"),
            row(3, null, "10.10"),
            row(4, "10.00", "10.10"));
    Seen whole = look(Crossover.State.empty(), rows, 60);
    Crossover.State state = Crossover.State.empty();
    List<Signal> one = new java.util.ArrayList<>();
    for (FinishedSecond row : rows) {
      Seen seen = look(state, List.of(row), 60);
      state = seen.state();
      one.addAll(seen.signals());
    }
    assertThat(one).isEqualTo(whole.signals()).hasSize(2);
    assertThat(state).isEqualTo(whole.state());
  }

  private Seen look(Crossover.State state, List<FinishedSecond> rows, long nowSecond) {
    return watch.look(SPY, state, false, rows, false, OPEN.plusSeconds(nowSecond));
  }

  private static FinishedSecond row(long second, @Nullable String sma9, String vwap) {
    return new FinishedSecond(
        OPEN.plusSeconds(second),
        Price.of("50.00"),
        sma9 == null ? null : Price.of(sma9),
        Price.of(vwap),
        false,
        true);
  }

  private static FinishedSecond incomplete(FinishedSecond row) {
    return new FinishedSecond(row.second(), row.price(), row.sma9(), row.vwap(), false, false);
  }
}
