package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.WebSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service ends in the middle of a session, by {@code kill -9} or gracefully, and starts again:
 * the same rows while the market stood still, and exactly what the price history's rule gives while
 * it ran on.
 */
@Timeout(180)
class RestartTest {
  private static final LocalDate DATE = LocalDate.of(2013, 10, 8);
  private static final String END = "10:10:00";
  private static final Instant END_TIME = Instant.parse("2013-10-08T14:10:00Z");
  // What all rows before 10:10 add up to, for where the raw prints are not at hand.
  private static final String ROWS_DIGEST =
      "2cd6fc611efc89ba8993343a9597cf3583db4df803948dac0ae2507a63132115";

  static final Map<String, String> REPLAY =
      Map.of("KITE_REPLAY_SPEED", "500", "SIMULATOR_DAY_END", END);
  // Seconds of slack, on a slow machine, for the market that runs on.
  private static final String LONGER_END = "11:00:00";
  private static final Map<String, String> LONGER_REPLAY =
      Map.of("KITE_REPLAY_SPEED", "500", "SIMULATOR_DAY_END", LONGER_END);

  @Test
  void killedWhileTheMarketStandsEndsWithTheSameRows(@TempDir Path directory) throws Exception {
    try (ReplayRig rig = new ReplayRig(directory, REPLAY)) {
      rig.startProcess(Map.of());
      rig.awaitMarket(Instant.parse("2013-10-08T13:47:20.500Z"));
      rig.simulator.paused(true);
      rig.awaitWritten();
      rig.kill();
      rig.awaitNobody();
      rig.start(Map.of());
      rig.awaitSubscribed();
      goOn(rig);
      rig.awaitOver();
      assertRowsOfAnUninterruptedDay(rig.rows());
      assertBarsOfAnUninterruptedDay(rig);
    }
  }

  @Test
  @Tag("long")
  void stoppedWhileTheMarketStandsEndsWithTheSameRows(@TempDir Path directory) throws Exception {
    // Most rows still wait when it is stopped: stopping writes them.
    Map<String, String> lazy = Map.of("BATCH_SIZE", "100000", "BATCH_INTERVAL", "3600");
    try (ReplayRig rig = new ReplayRig(directory, REPLAY)) {
      rig.start(lazy);
      rig.awaitMarket(Instant.parse("2013-10-08T13:41:10Z"));
      rig.simulator.paused(true);
      long ticks = rig.settledTicks();
      rig.stop();
      assertThat(ticks).isPositive();
      rig.awaitNobody();
      rig.start(Map.of());
      rig.awaitSubscribed();
      goOn(rig);
      rig.awaitOver();
      assertRowsOfAnUninterruptedDay(rig.rows());
      assertBarsOfAnUninterruptedDay(rig);
    }
  }

  @Test
  void killedWhileTheMarketRunsOnIsFilledFromThePriceHistory(@TempDir Path directory)
      throws Exception {
    Optional<RawDay> found = RawDay.find("spy", DATE);
    assumeTrue(found.isPresent(), "the raw prints are not at hand");
    RawDay raw = found.orElseThrow();
    try (ReplayRig rig = new ReplayRig(directory, LONGER_REPLAY)) {
      rig.startProcess(Map.of());
      rig.awaitMarket(Instant.parse("2013-10-08T13:41:10.500Z"));
      rig.awaitRows(60);
      rig.kill();
      List<String> state =
          rig.sql("SELECT day_volume FROM streaming.ticker_states WHERE newest_trade IS NOT NULL");
      long stored = Long.parseLong(state.getFirst());
      rig.awaitMarket(Instant.parse("2013-10-08T13:56:31.300Z"));
      rig.simulator.paused(true);
      rig.awaitNobody();
      ReplayRig.Image image = rig.image();
      rig.start(Map.of());
      rig.awaitSubscribed();
      rig.awaitWritten();
      goOn(rig);
      rig.awaitOver();
      List<RawDay.Row> expected = raw.rowsAfterOutage(stored, image, RawDay.millis(LONGER_END));
      System.out.printf(
          "Killed with day volume %d, back at %s: %d rows, %d of them backfilled%n",
          stored,
          image.newest(),
          expected.size(),
          expected.stream().filter(row -> row.source().equals("backfill")).count());
      assertThat(rig.rows()).containsExactlyElementsOf(expected);
      assertThat(expected.stream().mapToLong(RawDay.Row::volume).sum())
          .as("a day's row volumes add up to the day's volume")
          .isEqualTo(
              raw.volumeUntil(RawDay.millis(LONGER_END)) - raw.volumeUntil(RawDay.OPEN_MILLIS - 1));
    }
  }

  @Test
  @Tag("long")
  void connectionLostWhileTheMarketStandsEndsWithTheSameRows(@TempDir Path directory)
      throws Exception {
    try (ReplayRig rig = new ReplayRig(directory, REPLAY)) {
      rig.start(Map.of());
      rig.awaitMarket(Instant.parse("2013-10-08T13:44:00Z"));
      rig.simulator.paused(true);
      rig.awaitWritten();
      String account = rig.buy();
      // What falls into the time without a login is lost, at Schwab as here: the engine asks anew.
      rig.awaitAccountEvent("OrderFillCompleted");
      WebSocket other = rig.takeOver();
      rig.awaitLogins(2);
      other.abort();
      rig.awaitSubscribed();
      goOn(rig);
      rig.awaitOver();
      assertRowsOfAnUninterruptedDay(rig.rows());
      assertThat(rig.sql("SELECT DISTINCT message_type FROM account_events"))
          .contains("SUBSCRIBED", "OrderCreated", "OrderFillCompleted");
      assertThat(
              rig.sql("SELECT count(*) FROM account_events WHERE payload LIKE '%" + account + "%'"))
          .isEqualTo(List.of("0"));
    }
  }

  /** As fast as it can: nothing has to be met at its time any more. */
  private static void goOn(ReplayRig rig) {
    rig.simulator.speed(1_000);
    rig.simulator.paused(false);
  }

  /** In mid-minute too: the bar goes on, and the day's volume proves that it is complete. */
  private static void assertBarsOfAnUninterruptedDay(ReplayRig rig) throws SQLException {
    Optional<RawDay> raw = RawDay.find("spy", DATE);
    if (raw.isPresent()) {
      assertThat(rig.bars("SPY").subList(0, 40)).isEqualTo(raw.get().bars().subList(0, 40));
    }
    assertThat(rig.sql("SELECT count(*) FROM equity_bars WHERE NOT complete OR source <> 'stream'"))
        .containsExactly("0");
  }

  static void assertRowsOfAnUninterruptedDay(List<RawDay.Row> rows) {
    List<RawDay.Row> before =
        rows.stream().filter(row -> row.second() < END_TIME.getEpochSecond()).toList();
    RawDay.find("spy", DATE)
        .ifPresent(
            raw ->
                assertThat(before)
                    .containsExactlyElementsOf(
                        raw.rows().stream()
                            .filter(row -> row.second() < END_TIME.getEpochSecond())
                            .toList()));
    assertThat(RawDay.digest(before)).isEqualTo(ROWS_DIGEST);
  }
}
