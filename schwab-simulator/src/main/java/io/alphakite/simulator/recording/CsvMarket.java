package io.alphakite.simulator.recording;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.settings.SettingsException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Turns a caller's CSV files into recordings, one for each ticker and day. docs/recordings.md tells
 * the columns. Problems are collected and told all at once, each with its file and line.
 */
final class CsvMarket {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final int MAX_TICKERS = 200;
  private static final int MAX_DAYS = 20_000;
  private static final int MAX_PROBLEMS = 20;

  private final Path directory;
  private final TreeMap<LocalDate, SortedMap<String, String>> files = new TreeMap<>();
  private final TreeMap<String, CsvDay> days = new TreeMap<>();
  private final TreeSet<String> tickers = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();
  private int tickerDays;
  private long rows;
  private long outsideHours;
  private long crossed;
  private long withoutSale;

  private CsvMarket(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads a file, or every {@code .csv} and {@code .csv.gz} of a directory in the order of their
   * names.
   *
   * @param directory where the recordings are written
   * @throws SettingsException naming file and line of what cannot be used
   */
  static CsvMarket read(Path from, Path directory) {
    CsvMarket market = new CsvMarket(directory);
    List<Path> sources = market.sources(from);
    for (Path source : sources) {
      market.readFile(source);
    }
    if (market.problems.isEmpty() && market.files.isEmpty()) {
      market.problems.add(
          "SIMULATOR_CSV: " + from + " holds no rows within 04:00 to 20:00 New York");
    }
    if (!market.problems.isEmpty()) {
      throw new SettingsException(market.problems);
    }
    return market;
  }

  /** File names in the directory by date and ticker. */
  SortedMap<LocalDate, SortedMap<String, String>> files() {
    return files;
  }

  /** What was read, in words. */
  String summary() {
    return rows
        + " rows: "
        + files.size()
        + " sessions of "
        + tickers
        + "; left out: "
        + outsideHours
        + " rows outside hours, "
        + crossed
        + " crossed quotes, "
        + withoutSale
        + " rows without volume";
  }

  private List<Path> sources(Path from) {
    if (Files.isRegularFile(from)) {
      return List.of(from);
    }
    try (Stream<Path> inside = Files.list(from)) {
      List<Path> sources =
          inside
              .filter(Files::isRegularFile)
              .filter(file -> file.toString().matches(".*\\.csv(\\.gz)?"))
              .sorted()
              .toList();
      if (sources.isEmpty()) {
        problems.add("SIMULATOR_CSV: " + from + " holds no .csv or .csv.gz file");
      }
      return sources;
    } catch (IOException e) {
      problems.add("SIMULATOR_CSV: " + from + " cannot be read; give a CSV file or a directory");
      return List.of();
    }
  }

  private void readFile(Path source) {
    String name = String.valueOf(source.getFileName());
    try (InputStream raw = Files.newInputStream(source);
        InputStream in = name.endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String header = lines.readLine();
      CsvRow row;
      try {
        row = CsvRow.of(header == null ? "" : header, name);
      } catch (CsvRow.BadRow e) {
        problem(name, 1, e);
        return;
      }
      int number = 1;
      for (String line = lines.readLine();
          line != null && problems.size() < MAX_PROBLEMS;
          line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          try {
            row.read(line);
            take(row, name);
          } catch (CsvRow.BadRow e) {
            problem(name, number, e);
          }
        }
      }
      finishAll();
    } catch (IOException e) {
      problems.add("SIMULATOR_CSV: " + name + " cannot be read: " + e.getMessage());
    }
  }

  private void problem(String name, int line, CsvRow.BadRow bad) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add("SIMULATOR_CSV: " + name + " line " + line + ": " + bad.getMessage());
    }
  }

  private void take(CsvRow row, String file) throws CsvRow.BadRow, IOException {
    rows++;
    if (row.isWithoutSale()) {
      withoutSale++;
      return;
    }
    if (!row.withinHours()) {
      outsideHours++;
      return;
    }
    CsvDay day = days.get(row.ticker());
    if (day == null || !day.isOf(row.date())) {
      if (day != null && row.date().isBefore(day.date())) {
        throw new CsvRow.BadRow(
            "comes after a later row of " + row.ticker() + "; sort each ticker by time");
      }
      day = begin(row, day, file);
    }
    crossed += day.take(row) ? 0 : 1;
  }

  private CsvDay begin(CsvRow row, @org.jspecify.annotations.Nullable CsvDay before, String file)
      throws CsvRow.BadRow, IOException {
    if (!CALENDAR.isSession(row.date())) {
      throw new CsvRow.BadRow(
          row.date() + " is no NYSE session; check the time zone of the timestamps");
    }
    SortedMap<String, String> there = files.get(row.date());
    if (there != null && there.containsKey(row.ticker())) {
      throw new CsvRow.BadRow(
          row.ticker() + " " + row.date() + " was in a file before " + file + "; keep one of them");
    }
    if (tickers.add(row.ticker()) && tickers.size() > MAX_TICKERS) {
      throw new CsvRow.BadRow("more than " + MAX_TICKERS + " tickers; leave some out");
    }
    if (tickerDays++ >= MAX_DAYS) {
      throw new CsvRow.BadRow(
          "more than " + MAX_DAYS + " days of tickers; leave some dates or tickers out");
    }
    if (before != null) {
      finish(before);
    }
    CsvDay day = new CsvDay(row.ticker(), row.date(), before == null ? 0 : before.regularCloseE4());
    days.put(row.ticker(), day);
    files
        .computeIfAbsent(row.date(), _ -> new TreeMap<>())
        .put(row.ticker(), fileName(row.ticker(), row.date()));
    return day;
  }

  private static String fileName(String ticker, LocalDate date) {
    String plain = ticker.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "_");
    return plain + "-" + Integer.toHexString(ticker.hashCode()) + "-" + date + ".akr.gz";
  }

  private void finish(CsvDay day) throws IOException {
    if (!day.isWritten()) {
      day.write(directory.resolve(fileName(day.ticker(), day.date())));
    }
  }

  private void finishAll() throws IOException {
    for (CsvDay day : days.values()) {
      finish(day);
    }
  }
}
