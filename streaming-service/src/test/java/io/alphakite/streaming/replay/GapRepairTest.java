package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.streaming.store.GapStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Outages of the stream against the simulator and a real database: every row equals what the
 * contract's rule makes of the recorded prints, and the ledger tells what happened.
 */
@Timeout(180)
class GapRepairTest {
  private static final LocalDate DATE = LocalDate.of(2013, 10, 8);
  private static final String END = "10:05:00";
  private static final Map<String, String> QUICK =
      Map.of(
          "GAP_RETRY_SECONDS", "0.1",
          "GAP_ATTEMPTS", "1000",
          "SCHWAB_STREAMER_REQUESTS_PER_MINUTE", "60000");

  @Test
  void r33_tenMinutesOutOverTheOpenAreRepairedMarkedAndEqualToTheReference(@TempDir Path directory)
      throws Exception {
    RawDay raw = raw();
    Map<String, String> simulated =
        Map.of(
            "KITE_REPLAY_SPEED",
            "500",
            "SIMULATOR_DAY_START",
            "09:23:00",
            "SIMULATOR_DAY_END",
            END);
    try (ReplayRig rig = new ReplayRig(directory, simulated)) {
      rig.start(QUICK);
      rig.awaitMarket(Instant.parse("2013-10-08T13:25:00Z"));
      long stored = disconnect(rig);
      rig.awaitMarket(Instant.parse("2013-10-08T13:35:10Z"));
      ReplayRig.Image image = reconnect(rig);
      rig.awaitWritten();
      rig.simulator.paused(false);
      rig.awaitOver();

      List<RawDay.Row> expected = raw.rowsAfterOutage(stored, image, RawDay.millis(END));
      assertThat(expected.stream().filter(row -> row.source().equals("backfill")).count())
          .as("the minutes from the open on")
          .isGreaterThanOrEqualTo(5);
      assertThat(rig.rows()).containsExactlyElementsOf(expected);
      assertThat(ledger(rig)).containsExactly("disconnect repaired true");
      assertThat(rig.sql("SELECT count(*) FROM indicators WHERE NOT complete"))
          .containsExactly("0");
      assertThat(
              rig.sql(
                  "SELECT starts_at = '2013-10-08T13:30:00Z' AND ends_at = '%s' FROM data_gaps"
                      .formatted(image.newest())))
          .as("the part within hours")
          .containsExactly("t");
    }
  }

  @Test
  void r34_failedHistoryLeavesTheGapMarkedAndIsMadeGoodLaterAlsoAfterAKill(@TempDir Path directory)
      throws Exception {
    RawDay raw = raw();
    Map<String, String> simulated = Map.of("KITE_REPLAY_SPEED", "500", "SIMULATOR_DAY_END", END);
    try (ReplayRig rig = new ReplayRig(directory, simulated)) {
      rig.startProcess(QUICK);
      rig.awaitMarket(Instant.parse("2013-10-08T13:41:10Z"));
      rig.awaitRows(60);
      long stored = disconnect(rig);
      rig.awaitMarket(Instant.parse("2013-10-08T13:47:31Z"));
      rig.simulator.faults().set(Dial.SERVER_ERROR_BEFORE, FaultRule.ALWAYS.on("pricehistory"));
      ReplayRig.Image image = reconnect(rig);
      rig.awaitWritten();
      assertThat(ledger(rig)).containsExactly("disconnect open true");

      // The stream goes on without the candles, and says so in each row.
      runUntil(rig, "2013-10-08T13:52:00Z");
      long incomplete = number(rig, "SELECT count(*) FROM indicators WHERE NOT complete");
      assertThat(incomplete).isPositive();
      assertThat(
              number(
                  rig,
                  "SELECT count(*) FROM indicators WHERE NOT complete AND timestamp < '%s'"
                      .formatted(image.tradeTime().minusSeconds(1))))
          .isZero();

      rig.kill();
      rig.awaitNobody();
      rig.start(QUICK);
      rig.awaitSubscribed();
      runUntil(rig, "2013-10-08T13:54:00Z");
      assertThat(number(rig, "SELECT count(*) FROM indicators WHERE NOT complete"))
          .isGreaterThan(incomplete);
      assertThat(number(rig, "SELECT count(*) FROM equity_data WHERE source = 'backfill'"))
          .isZero();

      rig.simulator.faults().clear(Dial.SERVER_ERROR_BEFORE);
      awaitNothingOpen(rig);
      rig.simulator.paused(false);
      rig.awaitOver();

      List<RawDay.Row> expected = raw.rowsAfterOutage(stored, image, RawDay.millis(END));
      assertThat(rig.rows()).containsExactlyElementsOf(expected);
      assertThat(ledger(rig)).containsExactly("disconnect repaired true", "restart repaired true");
      assertThat(rig.sql("SELECT count(*) FROM indicators WHERE NOT complete"))
          .containsExactly("0");
      assertThat(rig.sql("SELECT count(*) FROM streaming.incomplete_rows")).containsExactly("0");
      assertThat(
              rig.sql(
                  "SELECT count(*) FROM data_gaps WHERE cause = 'disconnect' AND attempts > 1 AND candles = "
                      + expected.stream().filter(row -> row.source().equals("backfill")).count()
                      + " AND vwap_before <> vwap_after"))
          .as("candles, and the values before and after")
          .containsExactly("1");
    }
  }

  @Test
  @Tag("long")
  void r34_gapThatWasGivenUpIsMadeGoodWhenItIsAskedForAgain(@TempDir Path directory)
      throws Exception {
    RawDay raw = raw();
    Map<String, String> hasty = new HashMap<>(QUICK);
    hasty.put("GAP_ATTEMPTS", "2");
    Map<String, String> simulated = Map.of("KITE_REPLAY_SPEED", "500", "SIMULATOR_DAY_END", END);
    try (ReplayRig rig = new ReplayRig(directory, simulated)) {
      rig.start(hasty);
      rig.awaitMarket(Instant.parse("2013-10-08T13:41:10Z"));
      rig.awaitRows(60);
      long stored = disconnect(rig);
      rig.awaitMarket(Instant.parse("2013-10-08T13:47:31Z"));
      rig.simulator.faults().set(Dial.SERVER_ERROR_BEFORE, FaultRule.ALWAYS.on("pricehistory"));
      ReplayRig.Image image = reconnect(rig);
      rig.awaitWritten();
      runUntil(rig, "2013-10-08T13:52:00Z");
      awaitNothingOpen(rig);
      assertThat(ledger(rig)).containsExactly("disconnect unavailable true");
      assertThat(
              rig.sql(
                  "SELECT first_at = '%s' AND first_growth > 0 FROM data_gaps"
                      .formatted(image.tradeTime())))
          .containsExactly("t");

      rig.simulator.faults().clear(Dial.SERVER_ERROR_BEFORE);
      rig.sql(
          "UPDATE data_gaps SET state = 'open', closed_at = NULL, attempts = 0, note = '"
              + GapStore.ASKED_FOR
              + "' RETURNING id");
      awaitNothingOpen(rig);
      rig.simulator.paused(false);
      rig.awaitOver();

      List<RawDay.Row> expected = raw.rowsAfterOutage(stored, image, RawDay.millis(END));
      assertThat(rig.rows()).containsExactlyElementsOf(expected);
      assertThat(ledger(rig)).containsExactly("disconnect repaired true");
      assertThat(rig.sql("SELECT count(*) FROM indicators WHERE NOT complete"))
          .containsExactly("0");
    }
  }

  /** Ends the connection and lets none come; gives the day's volume that was stored by then. */
  private static long disconnect(ReplayRig rig) throws Exception {
    rig.simulator.faults().set(Dial.STREAM_CONNECT_REFUSED, FaultRule.ALWAYS);
    rig.simulator.faults().set(Dial.STREAM_DROPPED, FaultRule.times(1));
    rig.awaitNobody();
    // Written as soon as the loss is noticed, with or without an entry.
    long[] stored = {-1};
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              long before = stored[0];
              stored[0] = number(rig, "SELECT day_volume FROM streaming.ticker_states");
              return before == stored[0];
            });
    return stored[0];
  }

  /** Holds the market and lets the service come back; gives the image that it gets. */
  private static ReplayRig.Image reconnect(ReplayRig rig) {
    rig.simulator.paused(true);
    ReplayRig.Image image = rig.image();
    rig.simulator.faults().clear(Dial.STREAM_CONNECT_REFUSED);
    rig.awaitSubscribed();
    return image;
  }

  /** Runs the market until this time, and for a minute if a slow machine has let it pass. */
  private static void runUntil(ReplayRig rig, String time) {
    Instant minute = rig.simulator.marketTime().plusSeconds(60);
    Instant wanted = Instant.parse(time);
    rig.simulator.paused(false);
    rig.awaitMarket(minute.isAfter(wanted) ? minute : wanted);
    rig.simulator.paused(true);
    rig.awaitWritten();
  }

  private static void awaitNothingOpen(ReplayRig rig) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> number(rig, "SELECT count(*) FROM data_gaps WHERE state = 'open'") == 0);
  }

  private static List<String> ledger(ReplayRig rig) throws Exception {
    return rig.sql(
        "SELECT cause || ' ' || state || ' ' || (ends_at IS NOT NULL) FROM data_gaps ORDER BY starts_at, cause");
  }

  private static long number(ReplayRig rig, String query) throws Exception {
    return Long.parseLong(rig.sql(query).getFirst());
  }

  private static RawDay raw() {
    Optional<RawDay> raw = RawDay.find("spy", DATE);
    assumeTrue(raw.isPresent(), "the raw prints are not at hand");
    return raw.orElseThrow();
  }
}
