package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All of SPY on 2013-10-08 through the running simulator and the running service, over sockets into
 * a real database: every row must equal what {@link RawDay} works out from the raw prints.
 */
@Timeout(300)
class OracleTest {
  private static final LocalDate DATE = LocalDate.of(2013, 10, 8);

  @Test
  void everyRowOfARecordedDayEqualsAFoldOfTheRawPrints(@TempDir Path directory) throws Exception {
    List<RawDay.Row> rows;
    try (ReplayRig rig = new ReplayRig(directory, Map.of("KITE_REPLAY_SPEED", "1000"))) {
      long start = System.nanoTime();
      rig.start(Map.of());
      rig.awaitOver();
      System.out.printf(
          "SPY %s at 1000x: the session took %.1f s%n", DATE, (System.nanoTime() - start) / 1e9);
      rows = rig.rows();
    }
    compareMinutes(rows);
    Optional<RawDay> raw = RawDay.find("spy", DATE);
    if (raw.isPresent()) {
      List<RawDay.Row> expected = raw.get().rows();
      System.out.printf("Rows compared one by one with the raw prints: %d%n", expected.size());
      assertThat(rows).containsExactlyElementsOf(expected);
    } else {
      System.out.println("The raw prints are not at hand: rows compared by their digest alone");
    }
    assertThat(RawDay.digest(rows))
        .as("digest of all rows")
        .isEqualTo(resource("rows.sha256").strip());
  }

  /** Says how many minutes agree with bars of somebody else's making; they need not all. */
  private static void compareMinutes(List<RawDay.Row> rows) throws IOException {
    Map<Integer, RawDay.Minute> bars = new TreeMap<>();
    for (RawDay.Minute bar : minuteBars()) {
      bars.put(bar.minute(), bar);
    }
    long midnight = Instant.parse("2013-10-08T04:00:00Z").getEpochSecond();
    Map<Integer, RawDay.Minute> ours = new TreeMap<>();
    for (RawDay.Row row : rows) {
      int minute = (int) ((row.second() - midnight) / 60) * 60_000;
      RawDay.Minute before = ours.get(minute);
      long volume = row.volume() + (before == null ? 0 : before.volume());
      ours.put(minute, new RawDay.Minute(minute, row.price(), volume));
    }
    assertThat(ours.keySet()).isEqualTo(bars.keySet());
    long volumes =
        ours.values().stream().filter(minute -> volume(bars, minute) == minute.volume()).count();
    long closes =
        ours.values().stream()
            .filter(minute -> close(bars, minute).compareTo(minute.close()) == 0)
            .count();
    System.out.printf(
        "Of %d regular minutes, %d volumes and %d closes agree with the independent bars%n",
        ours.size(), volumes, closes);
    assertThat(volumes).isEqualTo(389);
    assertThat(closes).isEqualTo(345);
  }

  private static long volume(Map<Integer, RawDay.Minute> bars, RawDay.Minute minute) {
    return Objects.requireNonNull(bars.get(minute.minute())).volume();
  }

  private static BigDecimal close(Map<Integer, RawDay.Minute> bars, RawDay.Minute minute) {
    return Objects.requireNonNull(bars.get(minute.minute())).close();
  }

  /** The regular minutes of the shared data, or of their committed summary. */
  private static List<RawDay.Minute> minuteBars() throws IOException {
    Path shared = RawDay.shared("minutes-special-days/spy_20131008_trades_1m.csv.gz");
    List<RawDay.Minute> minutes = new ArrayList<>();
    List<String> lines;
    int close;
    if (Files.isReadable(shared)) {
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(Files.newInputStream(shared)), StandardCharsets.UTF_8))) {
        lines = reader.lines().toList();
      }
      close = 4;
    } else {
      lines = resource("spy-2013-10-08-minutes.csv").lines().toList();
      close = 1;
    }
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split(",", -1);
      int minute = Integer.parseInt(columns[0]);
      if (minute >= RawDay.OPEN_MILLIS && minute < RawDay.CLOSE_MILLIS) {
        minutes.add(
            new RawDay.Minute(
                minute,
                new BigDecimal(new BigInteger(columns[close]), 4),
                Long.parseLong(columns[close + 1])));
      }
    }
    return minutes;
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream = OracleTest.class.getResourceAsStream("/oracle/" + name)) {
      return new String(
          Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
