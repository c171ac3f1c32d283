package io.alphakite.simulator.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped recordings against the raw data they came from; skips where that is absent. */
class RecordingConverterTest {
  private static final int OPEN = 34_200_000;
  private static final int CLOSE = 57_600_000;

  private final Recordings recordings = Recordings.bundled();

  @Test
  void convertingTheRawDataAgainGivesTheShippedRecordings() throws IOException {
    RecordingConverter converter = new RecordingConverter(rawData());
    List<String> names = new ArrayList<>();
    for (RecordingConverter.Source source : converter.sources()) {
      names.add(source.fileName());
      try (InputStream shipped =
          Recordings.class.getResourceAsStream("/recordings/" + source.fileName())) {
        assertThat(shipped).as(source.fileName()).isNotNull();
        byte[] bytes = new GZIPInputStream(shipped).readAllBytes();
        assertThat(converter.convert(source)).as(source.fileName()).isEqualTo(bytes);
      }
    }
    assertThat(names).hasSize(5);
  }

  /** The figures are those that the raw data's own description states for a plain fold. */
  @ParameterizedTest
  @CsvSource({
    "SPY, 2013-10-07, 825, 828, -1",
    "SPY, 2013-10-08, 826, 828, 345",
    "BAC, 2013-10-07, 592, 595, -1"
  })
  void minutesAgreeWithTheSourcesOwnBars(
      String ticker, LocalDate date, int volumes, int minutes, int closes) throws IOException {
    Path bars = rawData().resolve("minutes-special-days").resolve(file(ticker, date, "trades_1m"));
    Map<Integer, long[]> folded = new HashMap<>();
    try (RecordingReader reader = recordings.open(date, ticker)) {
      while (reader.next()) {
        if (reader.kind() != RecordingReader.Kind.QUOTE) {
          long[] bar = folded.computeIfAbsent(reader.millisOfDay() / 60_000, _ -> new long[2]);
          bar[0] += reader.printSize();
          if (reader.kind() == RecordingReader.Kind.PRINT) {
            bar[1] = reader.printPriceE4();
          }
        }
      }
    }
    int rows = 0;
    int equalVolumes = 0;
    int equalCloses = 0;
    for (String[] row : rows(bars)) {
      int millis = Integer.parseInt(row[0]);
      long[] bar = folded.getOrDefault(millis / 60_000, new long[2]);
      rows++;
      equalVolumes += bar[0] == Long.parseLong(row[5]) ? 1 : 0;
      boolean regular = millis >= OPEN && millis < CLOSE;
      equalCloses += regular && bar[1] == Long.parseLong(row[4]) ? 1 : 0;
    }
    assertThat(rows).isEqualTo(minutes);
    assertThat(equalVolumes).isEqualTo(volumes);
    if (closes >= 0) {
      assertThat(equalCloses).isEqualTo(closes);
    }
  }

  @ParameterizedTest
  @CsvSource({"IBM, 2013-10-07", "IBM, 2013-10-08", "BAC, 2013-10-07"})
  void quoteEventsEndEachSecondAtTheSourcesOwnNationalBest(String ticker, LocalDate date)
      throws IOException {
    Map<Integer, List<Long>> ends = new HashMap<>();
    List<Long> quote = List.of();
    int crossed = 0;
    try (RecordingReader reader = recordings.open(date, ticker)) {
      while (reader.next()) {
        if (reader.kind() == RecordingReader.Kind.QUOTE) {
          quote = List.of(reader.bidE4(), reader.bidSize(), reader.askE4(), reader.askSize());
          crossed += reader.askE4() > 0 && reader.bidE4() > reader.askE4() ? 1 : 0;
        }
        ends.put(reader.millisOfDay() / 1000, quote);
      }
    }
    int seconds = 0;
    int equal = 0;
    List<Long> standing = List.of();
    Path bars = rawData().resolve("seconds-2013").resolve(file(ticker, date, "quotes_1s"));
    for (String[] row : rows(bars)) {
      int millis = Integer.parseInt(row[0]);
      standing = ends.getOrDefault(millis / 1000, standing);
      if (millis >= OPEN && millis < CLOSE) {
        seconds++;
        List<Long> bar =
            List.of(
                Long.parseLong(row[4]),
                Long.parseLong(row[5]),
                Long.parseLong(row[9]),
                Long.parseLong(row[10]));
        equal += standing.equals(bar) ? 1 : 0;
      }
    }
    assertThat(crossed).isZero();
    assertThat(seconds).isGreaterThan(11_000);
    // Dropped crossed quotes account for the rest.
    assertThat(seconds - equal)
        .as("%s of %s seconds differ", seconds - equal, seconds)
        .isLessThan(12);
  }

  private static List<String[]> rows(Path file) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return lines.lines().skip(1).map(line -> line.split(",", -1)).toList();
    }
  }

  private static String file(String ticker, LocalDate date, String what) {
    return ticker.toLowerCase(java.util.Locale.ROOT)
        + "_"
        + date.toString().replace("-", "")
        + "_"
        + what
        + ".csv.gz";
  }

  private static Path rawData() {
    String root = System.getenv().getOrDefault("KITE_PROJECT_ROOT", "..");
    Path data = Path.of(root, "../shared/data");
    assumeTrue(Files.isDirectory(data), "skipped: the raw data (../shared/data) is not here");
    return data;
  }
}
