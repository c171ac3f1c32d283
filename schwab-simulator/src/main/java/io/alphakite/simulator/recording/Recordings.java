package io.alphakite.simulator.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The recorded days that ship with the simulator. Immutable. */
public final class Recordings {
  static final String INDEX = "index.txt";
  private static final String FOLDER = "/recordings/";

  private final List<LocalDate> dates;
  private final Map<LocalDate, SortedMap<String, String>> files;

  private Recordings(Map<LocalDate, SortedMap<String, String>> files) {
    this.files = files;
    this.dates = List.copyOf(files.keySet());
  }

  /** The recordings on the class path. */
  public static Recordings bundled() {
    TreeMap<LocalDate, SortedMap<String, String>> files = new TreeMap<>();
    for (String name : index()) {
      try (RecordingReader reader = open(name)) {
        files.computeIfAbsent(reader.date(), _ -> new TreeMap<>()).put(reader.ticker(), name);
      } catch (IOException e) {
        throw new UncheckedIOException("recording " + name, e);
      }
    }
    return new Recordings(files);
  }

  /** Recorded dates in order; never empty. */
  public List<LocalDate> dates() {
    return dates;
  }

  /** Tickers recorded on a date, in order. */
  public SortedSet<String> tickers(LocalDate date) {
    return new TreeSet<>(files.getOrDefault(date, new TreeMap<>()).keySet());
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
    return open(name);
  }

  private static RecordingReader open(String name) throws IOException {
    InputStream in = Recordings.class.getResourceAsStream(FOLDER + name);
    if (in == null) {
      throw new IOException("recording " + name + " is missing");
    }
    return new RecordingReader(in);
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
