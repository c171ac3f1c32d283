package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sessions in a row: the moving average runs on, VWAP and the day's volume start anew, and rows
 * wait for no interval but are written in batches.
 */
@Timeout(120)
class TwoSessionsTest {
  private static final String END = "09:47:00";

  @Test
  void secondSessionGoesOnFromTheFirst(@TempDir Path directory) throws Exception {
    Optional<RawDay> monday = RawDay.find("spy", LocalDate.of(2013, 10, 7));
    Optional<RawDay> tuesday = RawDay.find("spy", LocalDate.of(2013, 10, 8));
    assumeTrue(monday.isPresent() && tuesday.isPresent(), "the raw prints are not at hand");
    List<RawDay.Row> expected = new ArrayList<>();
    RawDay.Fold first = monday.get().new Fold();
    feed(monday.get(), first);
    expected.addAll(first.rows());
    RawDay.Fold second = tuesday.get().new Fold(first);
    feed(tuesday.get(), second);
    expected.addAll(second.rows());

    Map<String, String> replay =
        Map.of(
            "KITE_REPLAY_SPEED", "300",
            "SIMULATOR_START_SESSION", "2013-10-07",
            "SIMULATOR_DAY_END", END,
            "SIMULATOR_STOP_AFTER_SESSIONS", "2");
    try (ReplayRig rig = new ReplayRig(directory, replay)) {
      rig.start(Map.of("BATCH_SIZE", "50", "BATCH_INTERVAL", "0.2"));
      rig.awaitOver();
      assertThat(rig.rows()).containsExactlyElementsOf(expected);
    }
  }

  private static void feed(RawDay day, RawDay.Fold fold) {
    int end = RawDay.millis(END);
    day.prints.stream().filter(print -> print.millis() <= end).forEach(fold::print);
  }
}
