package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.streaming.recording.Recordings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recorded session, replayed into a fresh database, gives the same rows to the last digit. */
class ReplayedDayTest {
  private static final LocalDate DAY = LocalDate.of(2013, 10, 8);

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path directory;

  @Test
  void aReplayedDayGivesIdenticalRows() throws Exception {
    Path recordings = directory.resolve("recordings");
    List<RawDay.Row> rows;
    List<String> state;
    try (ReplayRig rig =
        new ReplayRig(
            directory,
            Map.of(
                "KITE_REPLAY_SPEED", "500",
                "SIMULATOR_DAY_END", "09:45:00"))) {
      rig.start(Map.of("RECORD_FRAMES", "true", "RECORD_DIR", recordings.toString()));
      rig.buy();
      rig.awaitOver();
      rig.awaitAccountEvent("OrderFillCompleted");
      rig.stop();
      rows = rig.rows();
      state = rig.sql(STATE);
    }
    assertThat(rows).hasSizeGreaterThan(800);
    Recordings.Day day = new Recordings(recordings).days().getFirst();
    assertThat(day.date()).isEqualTo(DAY);
    assertThat(day.complete()).isTrue();
    assertThat(day.missed()).isZero();
    assertThat(day.frames()).isGreaterThan(100);
    assertThat(texts(recordings)).noneMatch(text -> text.contains("ACCT_ACTIVITY"));

    try (ReplayRig fresh = new ReplayRig(directory, Map.of())) {
      fresh.start(Map.of("REPLAY_FRAMES", recordings.resolve(DAY.toString()).toString()));
      await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> fresh.sql(STATE).equals(state));
      fresh.stop();
      assertThat(fresh.rows()).isEqualTo(rows);
    }
  }

  private static final String STATE =
      "SELECT concat_ws(' ', ticker, trading_date, day_volume, newest_trade, last_price,"
          + " average_times, average_closes_e4, vwap_reset, vwap_notional_e4, vwap_volume) FROM"
          + " streaming.ticker_states";

  private static Stream<String> texts(Path recordings) throws Exception {
    assertThat(Files.isDirectory(recordings)).isTrue();
    Stream.Builder<String> texts = Stream.builder();
    Recordings.frames(recordings.resolve(DAY.toString()))
        .forEachRemaining(frame -> texts.add(frame.text()));
    return texts.build();
  }
}
