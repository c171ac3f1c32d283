package io.alphakite.simulator.recording;

import io.alphakite.simulator.settings.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recorded days: those that ship with the simulator, or a caller's own. Immutable; a caller's own
 * lie in a temporary directory until they are closed.
 */
public final class Recordings implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Recordings.class);
  static final String INDEX = "index.txt";
  private static final String FOLDER = "/recordings/";

  private final List<LocalDate> dates;
  private final Map<LocalDate, SortedMap<String, String>> files;

  /** Where the files lie; null = on the class path. */
  private final @Nullable Path directory;

  private final String summary;

  private Recordings(
      SortedMap<LocalDate, SortedMap<String, String>> files,
      @Nullable Path directory,
      String summary) {
    this.files = files;
    this.dates = List.copyOf(files.keySet());
    this.directory = directory;
    this.summary = summary;
  }

  /**
   * A caller's own CSV file, or all of a directory, see docs/recordings.md.
   *
   * @throws SettingsException naming file and line of what cannot be used
   */
  public static Recordings csv(Path fileOrDirectory) {
    Path directory;
    try {
      directory = Files.createTempDirectory("kite-market-");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary directory", e);
    }
    try {
      CsvMarket market = CsvMarket.read(fileOrDirectory, directory);
      return new Recordings(market.files(), directory, market.summary());
    } catch (RuntimeException e) {
      delete(directory);
      throw e;
    }
  }

  /** The recordings on the class path. */
  public static Recordings bundled() {
    TreeMap<LocalDate, SortedMap<String, String>> files = new TreeMap<>();
    for (String name : index()) {
      try (RecordingReader reader = bundled(name)) {
        files.computeIfAbsent(reader.date(), _ -> new TreeMap<>()).put(reader.ticker(), name);
      } catch (IOException e) {
        throw new UncheckedIOException("recording " + name, e);
      }
    }
    return new Recordings(files, null, "");
  }

  /** What was read of a caller's own, in words; empty for those that ship. */
  public String summary() {
    return summary;
  }

  /** Recorded dates in order; never empty. */
  public List<LocalDate> dates() {
    return dates;
  }

  /** Tickers recorded on a date, in order. */
  public SortedSet<String> tickers(LocalDate date) {
    return new TreeSet<>(files.getOrDefault(date, new TreeMap<>()).keySet());
  }

  /** Whether a ticker was recorded on a date. */
  public boolean has(LocalDate date, String ticker) {
    SortedMap<String, String> day = files.get(date);
    return day != null && day.containsKey(ticker);
  }

  /** Tickers recorded on any date. */
  public SortedSet<String> tickers() {
    SortedSet<String> all = new TreeSet<>();
    files.values().forEach(day -> all.addAll(day.keySet()));
    return all;
  }

  /**
   * Opens a day at its beginning.
   *
   * @throws IllegalArgumentException when the ticker was not recorded on that date
   */
  public RecordingReader open(LocalDate date, String ticker) throws IOException {
    String name = files.getOrDefault(date, new TreeMap<>()).get(ticker);
    if (name == null) {
      throw new IllegalArgumentException("no recording of " + ticker + " on " + date);
    }
    return directory == null
        ? bundled(name)
        : new RecordingReader(Files.newInputStream(directory.resolve(name)));
  }

  private static RecordingReader bundled(String name) throws IOException {
    InputStream in = Recordings.class.getResourceAsStream(FOLDER + name);
    if (in == null) {
      throw new IOException("recording " + name + " is missing");
    }
    return new RecordingReader(in);
  }

  /** Deletes what was made for a caller's own. */
  @Override
  public void close() {
    if (directory != null) {
      delete(directory);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("event", "market.csv.left")
          .setCause(e)
          .log("Could not delete {}", directory);
    }
  }

  private static List<String> index() {
    try (InputStream in = Recordings.class.getResourceAsStream(FOLDER + INDEX)) {
      if (in == null) {
        throw new IllegalStateException("no recordings on the class path");
      }
      List<String> names = new ArrayList<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .forEach(names::add);
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
