package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.platform.RunningService;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.streaming.watch.FeedWatch;
import io.alphakite.streaming.watch.WatchedStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tickers that fall silent while others flow: what is tried, and what the ledger says of it. */
@Timeout(240)
class PartlyMuteTest {
  private static final Map<String, String> QUICK =
      Map.of(
          "FEED_STALE_SECONDS",
          "0.4",
          "FEED_RECONNECT_SECONDS",
          "1",
          "STREAM_TICKERS",
          "SPY,IBM,BAC",
          "SCHWAB_STREAMER_REQUESTS_PER_MINUTE",
          "60000");

  @SuppressWarnings("NullAway.Init") // set before each test
  private ReplayRig rig;

  @SuppressWarnings("NullAway.Init")
  private RunningService service;

  @BeforeEach
  void start(@TempDir Path directory) {
    // A second's silence is two minutes of the market.
    rig =
        new ReplayRig(
            directory, Map.of("KITE_REPLAY_SPEED", "120", "SIMULATOR_START_SESSION", "2013-10-07"));
    service = rig.start(QUICK);
    FeedWatch watch = service.context().getBean(FeedWatch.class);
    patiently().until(() -> watch.report().canaries() == 3);
  }

  @AfterEach
  void stop() {
    rig.simulator.faults().clear();
    rig.close();
  }

  @Test
  void r27_lostSubscriptionIsMadeAnewOnTheSameConnectionAndItsMinutesAreRepaired()
      throws Exception {
    // New subscriptions are lost as well, so that whole minutes are missed.
    rig.simulator
        .faults()
        .set(Dial.SUBSCRIPTION_LOST, FaultRule.times(3).on("LEVELONE_EQUITIES IBM"));
    patiently().until(() -> rig.sql("SELECT ticker FROM feed_states").contains("IBM"));
    patiently()
        .until(
            () ->
                rig.sql(
                        "SELECT count(*) > 0 FROM data_gaps WHERE ticker = 'IBM' AND cause = 'mute'"
                            + " AND state = 'repaired' AND candles > 0")
                    .equals(List.of("t")));
    patiently().until(this::allFlow);
    assertThat(stream().stats().connections()).isEqualTo(1);
    assertThat(rig.sql("SELECT DISTINCT ticker FROM data_gaps WHERE cause = 'mute'"))
        .containsExactly("IBM");
    assertThat(rig.sql("SELECT count(*) FROM indicators WHERE ticker = 'IBM' AND NOT complete"))
        .containsExactly("0");
  }

  @Test
  @Tag("long")
  void r27_partlyMuteFeedIsANewConnectionAFewTimesAndThenWaits() throws Exception {
    rig.simulator
        .faults()
        .set(Dial.SUBSCRIPTION_LOST, FaultRule.ALWAYS.on("LEVELONE_EQUITIES (IBM|BAC)"));
    patiently().until(() -> stream().stats().connections() >= 2);
    WatchedStream watched = (WatchedStream) stream();
    assertThat(watched.resubscribed()).isGreaterThanOrEqualTo(2);
    patiently()
        .until(() -> rig.sql("SELECT ticker FROM feed_states").containsAll(List.of("IBM", "BAC")));
    rig.simulator.faults().clear();
    patiently().until(this::allFlow);
    patiently()
        .until(() -> rig.sql("SELECT count(*) FROM data_gaps WHERE state = 'open'").contains("0"));
    assertThat(watched.reconnected()).isBetween(1L, 3L);
    assertThat(rig.sql("SELECT count(*) FROM data_gaps WHERE state = 'unavailable'"))
        .containsExactly("0");
  }

  private boolean allFlow() throws Exception {
    return rig.sql("SELECT ticker || ' ' || state FROM feed_states").equals(List.of("* flowing"));
  }

  private SchwabStream stream() {
    return service.context().getBean(SchwabStream.class);
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50));
  }
}
