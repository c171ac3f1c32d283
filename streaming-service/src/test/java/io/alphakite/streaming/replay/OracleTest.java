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
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
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
  void everyRowOfTheRegularSessionEqualsAFoldOfTheRawPrints(@TempDir Path directory)
      throws Exception {
    List<RawDay.Row> rows = replay(directory, Map.of(), Map.of());
    compareMinutes(rows, RawDay.OPEN_MILLIS, RawDay.CLOSE_MILLIS, 389, 345);
    compareRows(rows, RawDay::rows, "regular-rows.sha256");
  }

  // A minute of wall time: the regular session shows the same code on every build.
  @Tag("long")
  @Test
  void everyRowOfTheExtendedDayEqualsAFoldOfTheRawPrints(@TempDir Path directory) throws Exception {
    // The first print of 04:00:17 is in the first image, so it sets the base.
    String start = "04:00:20";
    List<RawDay.Row> rows =
        replay(
            directory,
            Map.of("SIMULATOR_DAY_START", start, "SIMULATOR_DAY_END", "20:00:00"),
            Map.of("STREAM_HOURS", "extended"));
    compareMinutes(rows, RawDay.PRE_MARKET_MILLIS, RawDay.POST_MARKET_MILLIS, 825, 780);
    compareRows(rows, raw -> raw.extendedRows(RawDay.millis(start)), "extended-rows.sha256");
  }

  private static List<RawDay.Row> replay(
      Path directory, Map<String, String> simulated, Map<String, String> settings)
      throws Exception {
    Map<String, String> simulator = new HashMap<>(simulated);
    simulator.put("KITE_REPLAY_SPEED", "1000");
    try (ReplayRig rig = new ReplayRig(directory, simulator)) {
      long start = System.nanoTime();
      rig.start(settings);
      rig.awaitOver();
      System.out.printf(
          "SPY %s at 1000x: the day took %.1f s%n", DATE, (System.nanoTime() - start) / 1e9);
      assertThat(
              rig.sql(
                  "SELECT code FROM alerts WHERE code IN"
                      + " ('feed_stale', 'no_data', 'ticker_silent', 'ticker_halted')"))
          .as("false alarms")
          .isEmpty();
      compareBars(rig);
      return rig.rows();
    }
  }

  /** Bars against the raw prints, and against the candles of the simulator's price history. */
  private static void compareBars(ReplayRig rig) throws SQLException {
    List<String> bars =
        rig.sql(
            "SELECT concat_ws(' ', extract(epoch FROM timestamp)::bigint, open, high, low, close, volume)"
                + " FROM equity_bars WHERE ticker = 'SPY' AND timestamp >= '2013-10-08T13:30:00Z'"
                + " AND timestamp < '2013-10-08T20:00:00Z' ORDER BY timestamp");
    List<String> candles =
        rig.candles(
            "SPY", Instant.parse("2013-10-08T13:30:00Z"), Instant.parse("2013-10-08T19:59:00Z"));
    RawDay.find("spy", DATE)
        .ifPresent(raw -> assertThat(bars).containsExactlyElementsOf(raw.bars()));
    assertThat(candles).hasSize(390);
    assertThat(bars).containsExactlyElementsOf(candles);
  }

  private static void compareRows(
      List<RawDay.Row> rows, Function<RawDay, List<RawDay.Row>> fold, String digest)
      throws IOException {
    Optional<RawDay> raw = RawDay.find("spy", DATE);
    if (raw.isPresent()) {
      List<RawDay.Row> expected = fold.apply(raw.get());
      System.out.printf("Rows compared one by one with the raw prints: %d%n", expected.size());
      assertThat(rows).containsExactlyElementsOf(expected);
    } else {
      System.out.println("The raw prints are not at hand: rows compared by their digest alone");
    }
    assertThat(RawDay.digest(rows)).as("digest of all rows").isEqualTo(resource(digest).strip());
  }

  /** Says how many minutes agree with bars of somebody else's making; they need not all. */
  private static void compareMinutes(
      List<RawDay.Row> rows, int from, int to, long volumesAgreeing, long closesAgreeing)
      throws IOException {
    Map<Integer, RawDay.Minute> bars = new TreeMap<>();
    for (RawDay.Minute bar : minuteBars(from, to)) {
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
        "Of %d minutes, %d volumes and %d closes agree with the independent bars%n",
        ours.size(), volumes, closes);
    assertThat(volumes).isEqualTo(volumesAgreeing);
    assertThat(closes).isEqualTo(closesAgreeing);
  }

  private static long volume(Map<Integer, RawDay.Minute> bars, RawDay.Minute minute) {
    return Objects.requireNonNull(bars.get(minute.minute())).volume();
  }

  private static BigDecimal close(Map<Integer, RawDay.Minute> bars, RawDay.Minute minute) {
    return Objects.requireNonNull(bars.get(minute.minute())).close();
  }

  /** The minutes of the shared data, or of their committed summary. */
  private static List<RawDay.Minute> minuteBars(int from, int to) throws IOException {
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
      if (minute >= from && minute < to) {
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
