package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A recorded session with faults drawn from a seed: each row equals that of the undisturbed day, or
 * lies in a gap that the ledger tells of and is what the contract makes of it.
 */
@Timeout(900)
class RecordedDayFaultsTest {
  private static final LocalTime CLOSE = LocalTime.of(16, 0);

  @Test
  void r33_morningWithFiveFaultsEndsWithTheRowsOfAnUndisturbedOneOutsideItsGaps(
      @TempDir Path directory) throws Exception {
    withFaults(directory, 1, 5, LocalTime.of(11, 0));
  }

  /** {@code KITE_FAULT_SEEDS} names other seeds, as in {@code 1,2,3}. */
  @Tag("long")
  @ParameterizedTest
  @MethodSource("seeds")
  void r33_dayWithTwentyFaultsEndsWithTheRowsOfAnUndisturbedOneOutsideItsGaps(
      long seed, @TempDir Path directory) throws Exception {
    withFaults(directory, seed, 20, CLOSE);
  }

  static LongStream seeds() {
    String named = System.getenv("KITE_FAULT_SEEDS");
    if (named != null) {
      return Arrays.stream(named.split(",")).mapToLong(Long::parseLong);
    }
    // Those that found something: a refused symbol whose candles never came, frames out of order,
    // such frames taken for corrections.
    return LongStream.concat(LongStream.of(2, 4, 8, 10), new Random().longs(2, 0, 1_000_000));
  }

  private static void withFaults(Path directory, long seed, int faults, LocalTime end)
      throws Exception {
    System.out.println("Seed of the faults: " + seed);
    try (FaultyDay day = new FaultyDay(directory, seed, end)) {
      long start = System.nanoTime();
      day.run(faults);
      System.out.printf("Seed %d: it took %.1f s%n", seed, (System.nanoTime() - start) / 1e9);
      long last = FaultyDay.DATE.atTime(end).atZone(RawDay.NEW_YORK).toEpochSecond();
      for (String ticker : FaultyDay.TICKERS) {
        RawDay recorded = RawDay.recorded(ticker, FaultyDay.DATE);
        DisturbedDay disturbed =
            new DisturbedDay(
                recorded, RawDay.millis(end + ":00"), day.gaps(ticker), day.rows(ticker));
        System.out.println(day.summary(ticker, disturbed));
        List<RawDay.Row> undisturbed =
            recorded.rows().stream().filter(row -> row.second() < last).toList();
        assertThat(disturbed.differencesOutside(undisturbed, last))
            .as("seed %d: rows of %s outside its gaps", seed, ticker)
            .isEmpty();
        assertThat(disturbed.unexplained()).as("seed %d: rows of %s", seed, ticker).isEmpty();
      }
      assertThat(day.sql("SELECT DISTINCT state FROM data_gaps")).containsExactly("repaired");
      assertThat(day.sql("SELECT count(*) FROM indicators WHERE NOT complete"))
          .containsExactly("0");
      assertThat(day.sql("SELECT count(*) FROM streaming.incomplete_rows")).containsExactly("0");
      assertThat(day.sql("SELECT count(*) FROM streaming.refused_writes")).containsExactly("0");
    }
  }
}
