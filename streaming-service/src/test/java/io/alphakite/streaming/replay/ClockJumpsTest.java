package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.platform.RunningService;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.streaming.watch.FeedState;
import io.alphakite.streaming.watch.FeedWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The wall clock is set while the service runs on it; the simulator's clock is the true one. */
@Tag("long")
@Timeout(300)
class ClockJumpsTest {
  private static final Map<String, String> QUICK =
      Map.of("FEED_STALE_SECONDS", "0.4", "FEED_RECONNECT_SECONDS", "1", "MARKET_CLOCK", "wall");

  private static final String REPAIRED =
      "SELECT count(*) FROM data_gaps WHERE cause = 'disconnect' AND state = 'repaired' AND candles"
          + " >= 3";

  private volatile Duration off = Duration.ZERO;

  @Test
  void r36_clockThatJumpsBlocksOrdersAndMakesNoSilenceAndNoWrongRow(@TempDir Path directory)
      throws Exception {
    Map<String, String> simulated =
        Map.of(
            "KITE_REPLAY_SPEED",
            "1",
            "SIMULATOR_CALENDAR",
            "continuous",
            "SIMULATOR_DAY_START",
            "11:00:00",
            "SIMULATOR_WAIT_FOR_SUBSCRIBER",
            "false");
    try (ReplayRig rig = new ReplayRig(directory, simulated)) {
      RunningService service = rig.start(QUICK, () -> rig.simulator.marketTime().plus(off));
      FeedWatch watch = service.context().getBean(FeedWatch.class);
      SchwabStream stream = service.context().getBean(SchwabStream.class);
      patiently().until(() -> watch.report().canaries() == 1);
      patiently().until(() -> stream.clockSkew().isPresent());
      patiently().until(() -> feed(rig).equals("flowing false"));
      for (Duration jump :
          List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ofSeconds(3))) {
        off = jump;
        // The next look of the desk, not the next heartbeats.
        patiently().until(() -> feed(rig).equals("flowing true"));
        patiently()
            .until(
                () ->
                    rig.sql("SELECT code FROM alerts WHERE cleared_at IS NULL")
                        .contains("clock_skew"));
        // What came since the clock was set is written under its own time.
        long before = number(rig, "SELECT count(*) FROM equity_data");
        patiently().until(() -> number(rig, "SELECT count(*) FROM equity_data") > before + 3);
        assertThat(watch.report().state()).isEqualTo(FeedState.FLOWING);
        off = Duration.ZERO;
        patiently().until(() -> feed(rig).equals("flowing false"));
      }
      assertThat(stream.stats().connections()).isEqualTo(1);
      assertThat(rig.sql("SELECT cause FROM data_gaps WHERE cause <> 'start'")).isEmpty();
      String streamed = "FROM equity_data WHERE source = 'stream'";
      // The first message tells of the newest trade, which is a little older than the connection.
      String oldest = rig.sql("SELECT min(timestamp) " + streamed).getFirst();
      assertThat(rig.sql("SELECT '" + oldest + "' >= timestamptz '2013-10-08T14:59:00Z'"))
          .as("oldest row %s", oldest)
          .containsExactly("t");
      // The market goes on: its time is asked for after the newest row.
      String newest = rig.sql("SELECT max(timestamp) " + streamed).getFirst();
      String now = rig.simulator.marketTime().toString();
      assertThat(rig.sql("SELECT '" + newest + "' <= timestamptz '" + now + "'"))
          .as("newest row %s, market time %s", newest, now)
          .containsExactly("t");
      assertThat(rig.sql("SELECT DISTINCT tableoid::regclass::text FROM equity_data"))
          .containsExactly("equity_data_2013_10");
      patiently()
          .until(() -> rig.sql("SELECT code FROM alerts WHERE cleared_at IS NULL").isEmpty());
    }
  }

  @Test
  void r36_connectionMadeUnderAWrongClockTakesNoUnfinishedCandleAndMissesNone(
      @TempDir Path directory) throws Exception {
    Map<String, String> simulated =
        Map.of(
            "KITE_REPLAY_SPEED",
            "60",
            "SIMULATOR_CALENDAR",
            "continuous",
            "SIMULATOR_DAY_START",
            "11:00:00",
            "SIMULATOR_WAIT_FOR_SUBSCRIBER",
            "false");
    try (ReplayRig rig = new ReplayRig(directory, simulated)) {
      rig.start(
          Map.of("MARKET_CLOCK", "wall", "SCHWAB_STREAMER_REQUESTS_PER_MINUTE", "60000"),
          () -> rig.simulator.marketTime().plus(off));
      rig.awaitRows(10);
      for (Duration jump : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
        long repaired = number(rig, REPAIRED);
        rig.simulator.faults().set(Dial.STREAM_CONNECT_REFUSED, FaultRule.ALWAYS);
        rig.simulator.faults().set(Dial.STREAM_DROPPED, FaultRule.times(1));
        rig.awaitNobody();
        off = jump;
        rig.awaitMarket(rig.simulator.marketTime().plusSeconds(300));
        rig.simulator.faults().clear();
        patiently().until(() -> number(rig, REPAIRED) > repaired);
        off = Duration.ZERO;
      }
      rig.simulator.paused(true);
      rig.awaitWritten();
      assertThat(number(rig, "SELECT sum(volume) FROM equity_data WHERE ticker = 'SPY'"))
          .as("volume entered once")
          .isLessThanOrEqualTo(rig.image().totalVolume());
      assertThat(
              rig.sql(
                  "SELECT count(*) FROM equity_data WHERE timestamp > '"
                      + rig.simulator.marketTime()
                      + "'"))
          .containsExactly("0");
    }
  }

  private static String feed(ReplayRig rig) throws Exception {
    return rig.sql("SELECT state || ' ' || blocking FROM feed_states WHERE ticker = '*'").stream()
        .findFirst()
        .orElse("");
  }

  private static long number(ReplayRig rig, String query) throws Exception {
    return Long.parseLong(rig.sql(query).getFirst());
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50));
  }
}
