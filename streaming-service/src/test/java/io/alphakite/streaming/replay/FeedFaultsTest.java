package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.platform.RunningService;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.streaming.intake.StreamIntake;
import io.alphakite.streaming.watch.FeedState;
import io.alphakite.streaming.watch.FeedWatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A feed that falls mute, is cut and is taken over: what the service says of it in the database,
 * where the engine and a person look.
 */
@Timeout(240)
class FeedFaultsTest {
  /** A tenth of the usual, so that rates are learned in three seconds. */
  private static final Map<String, String> QUICK =
      Map.of("FEED_STALE_SECONDS", "0.4", "FEED_RECONNECT_SECONDS", "1");

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ReplayRig rig;

  @BeforeAll
  static void startMarket(@TempDir Path directory) {
    rig = new ReplayRig(directory, Map.of("KITE_REPLAY_SPEED", "30"));
  }

  @AfterEach
  void stop() {
    rig.simulator.faults().clear();
    rig.stop();
  }

  @AfterAll
  static void stopMarket() {
    rig.close();
  }

  @Test
  @Tag("long")
  void r27_silentStreamIsStaleForAllWhoAskThoughTheSocketLives() throws Exception {
    // Only a heartbeat tells a mute feed from a dead socket: one comes every ten seconds.
    Map<String, String> patient = new HashMap<>(QUICK);
    patient.put("FEED_RECONNECT_SECONDS", "15");
    RunningService service = rig.start(patient);
    FeedWatch watch = service.context().getBean(FeedWatch.class);
    patiently().until(() -> watch.report().canaries() == 1);
    rig.simulator
        .faults()
        .set(
            Dial.STREAM_SILENT,
            FaultRule.ALWAYS.with("heartbeats", "true").with("delay_ms", 1_000));
    patiently().until(() -> feed().equals(List.of("mute_feed true")));
    patiently()
        .until(() -> get(service, "/health").body().contains("no prices of any liquid ticker"));
    assertThat(get(service, "/health").statusCode()).isEqualTo(503);
    assertThat(rig.sql("SELECT status FROM get_streaming_health()")).isEqualTo(List.of("error"));
    patiently().until(() -> rig.sql("SELECT DISTINCT cause FROM data_gaps").contains("mute"));
    // Given up for new connections, which are as mute.
    patiently().until(() -> connections(service) >= 2);
    rig.simulator.faults().clear();
    patiently().until(() -> feed().equals(List.of("flowing false")));
  }

  @Test
  void r28_streamThatIsCutAgainAndAgainIsSubscribedOnce() {
    rig.start(QUICK);
    rig.awaitLogins(1);
    rig.simulator.faults().set(Dial.STREAM_DROPPED, FaultRule.times(3));
    // One that is cut before its answer came is no connection to the service.
    patiently().until(() -> rig.simulator.faults().state(Dial.STREAM_DROPPED).spent());
    rig.awaitSubscribed();
    patiently().until(() -> feed().equals(List.of("flowing false")));
  }

  @Test
  void r29_takenOverTwiceItStopsRaisesAnAlarmAndDoesNotFight() throws Exception {
    RunningService service = rig.start(QUICK);
    rig.awaitLogins(1);
    rig.takeOver();
    rig.awaitLogins(2);
    rig.takeOver();
    patiently().until(() -> feed().equals(List.of("taken_over true")));
    patiently()
        .until(
            () ->
                rig.sql(
                        "SELECT code FROM alerts WHERE severity = 'critical' AND cleared_at IS"
                            + " NULL")
                    .contains("feed_taken_over"));
    FeedWatch watch = service.context().getBean(FeedWatch.class);
    assertThat(watch.report().state()).isEqualTo(FeedState.TAKEN_OVER);
    assertThat(connections(service)).isEqualTo(2);
    assertThat(get(service, "/health").body()).contains("Close the other program");
  }

  @Test
  @Tag("long")
  void volumeThatIsCorrectedDownwardsIsCountedAndTheStreamGoesOn() {
    RunningService service = rig.start(QUICK);
    rig.awaitSubscribed();
    FaultRule nowAndThen = new FaultRule(0.5, 0, 0, null, null, null, Map.of());
    rig.simulator.faults().set(Dial.VOLUME_CORRECTED, nowAndThen.with("shares", 1_000));
    StreamIntake intake = service.context().getBean(StreamIntake.class);
    patiently().until(() -> intake.status().counts().corrections() >= 1);
    rig.simulator.faults().clear();
    patiently().until(() -> feed().equals(List.of("flowing false")));
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50));
  }

  private static List<String> feed() throws Exception {
    return rig.sql("SELECT state || ' ' || blocking FROM feed_states WHERE ticker = '*'");
  }

  private static long connections(RunningService service) {
    return service.context().getBean(SchwabStream.class).stats().connections();
  }

  private static HttpResponse<String> get(RunningService service, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + service.port() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
