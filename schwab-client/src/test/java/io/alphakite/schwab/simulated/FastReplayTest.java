package io.alphakite.schwab.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamEvent.Connected;
import io.alphakite.schwab.stream.StreamEvent.Disconnected;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamEvent.Stopped;
import io.alphakite.schwab.stream.StreamSettings;
import io.alphakite.schwab.stream.StreamStats;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A market a thousand times as fast as the real one, and two programs that want the same stream.
 */
@Timeout(60)
class FastReplayTest {

  private static final Ticker SPY = Ticker.of("SPY");

  private final SimulatorServer simulator =
      SimulatorServer.start(
          SimulatorSettings.of(Map.of("SIMULATOR_PORT", "0", "KITE_REPLAY_SPEED", "1000")));
  private final SchwabApi api;

  FastReplayTest(@TempDir Path directory) {
    api =
        SchwabApi.connect(
            SchwabConfig.of(
                simulator.baseUrl().toString(),
                "key",
                "secret",
                "https://127.0.0.1:8182",
                directory.resolve("token.json"),
                null),
            InstantSource.system());
    api.login().withoutPerson();
  }

  @AfterEach
  void close() {
    simulator.close();
  }

  @Test
  @Tag("long")
  void slowsTheMarketDownAndMissesNothing() throws InterruptedException {
    StreamSettings narrow =
        new StreamSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofMillis(50),
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            64,
            500);
    try (SchwabStream stream = api.stream(narrow)) {
      stream.subscribeEquities(List.of(SPY));
      stream.start();
      long volume = -1;
      for (int updates = 0; updates < 20_000; ) {
        StreamEvent event = stream.next(Duration.ofSeconds(10));
        assertThat(event).isNotNull().isNotInstanceOf(Disconnected.class);
        if (!(event instanceof EquityUpdate update)) {
          continue;
        }
        updates++;
        if (updates == 100) {
          // Longer than the silence limit; the market has to wait for us.
          LockSupport.parkNanos(Duration.ofMillis(5_500).toNanos());
        }
        Long total = update.image().totalVolume();
        assertThat(total).isNotNull().isGreaterThanOrEqualTo(volume);
        volume = total == null ? volume : total;
      }
      StreamStats stats = stream.stats();
      assertThat(stats.connections()).isEqualTo(1);
      assertThat(stats.fullQueueWaits()).isPositive();
      assertThat(stats.garbledFrames() + stats.badValues() + stats.earlyDeltas()).isZero();
    }
  }

  @Test
  void leavesTheStreamToTheOtherProgramInTheEnd() throws InterruptedException {
    try (SchwabStream ours = api.stream();
        SchwabStream theirs = api.stream()) {
      ours.start();
      await(ours, Connected.class);
      theirs.start();
      Stopped stopped = null;
      while (stopped == null) {
        StreamEvent our = ours.next(Duration.ofMillis(20));
        StreamEvent their = theirs.next(Duration.ofMillis(20));
        stopped = our instanceof Stopped s ? s : their instanceof Stopped s ? s : null;
      }
      assertThat(stopped.cause()).isEqualTo(Stopped.Cause.TAKEN_OVER);
    }
  }

  private static void await(SchwabStream stream, Class<? extends StreamEvent> type)
      throws InterruptedException {
    @Nullable StreamEvent event;
    do {
      event = stream.next(Duration.ofSeconds(10));
      assertThat(event).isNotNull();
    } while (!type.isInstance(event));
  }
}
