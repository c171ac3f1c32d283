package io.alphakite.schwab.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamEvent.BarUpdate;
import io.alphakite.schwab.stream.StreamEvent.BookUpdate;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamService;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The streamer's services, both readings of the reference over one socket. */
@Timeout(180)
class StreamServicesTest {

  @Test
  void readsWhatTheSimulatorSays(@TempDir Path directory) throws InterruptedException {
    try (SimulatorServer simulator =
        SimulatorServer.start(
            SimulatorSettings.of(Map.of("SIMULATOR_PORT", "0", "KITE_REPLAY_SPEED", "300")))) {
      SchwabApi api =
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
      try (SchwabStream stream = api.stream()) {
        stream.subscribe(StreamService.LEVELONE_EQUITIES, List.of("SPY", "IBM"));
        stream.subscribe(StreamService.CHART_EQUITY, List.of("SPY"));
        stream.subscribe(StreamService.NYSE_BOOK, List.of("SPY"));
        stream.start();
        Set<Class<?>> wanted =
            new HashSet<>(Set.of(EquityUpdate.class, BarUpdate.class, BookUpdate.class));
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!wanted.isEmpty()) {
          assertThat(System.nanoTime()).as("still waiting for %s", wanted).isLessThan(end);
          StreamEvent event = stream.next(Duration.ofSeconds(1));
          if (event != null) {
            wanted.remove(event.getClass());
          }
        }
        stream.replace(StreamService.LEVELONE_EQUITIES, List.of("BAC", "IBM"));
        StreamEvent event;
        do {
          assertThat(System.nanoTime()).as("still waiting for BAC").isLessThan(end);
          event = stream.next(Duration.ofSeconds(1));
        } while (!(event instanceof EquityUpdate update
            && update.first()
            && update.ticker().symbol().equals("BAC")));
        assertThat(stream.quarantined()).isEmpty();
        assertThat(stream.stats().connections()).isEqualTo(1);
      }
    }
  }
}
