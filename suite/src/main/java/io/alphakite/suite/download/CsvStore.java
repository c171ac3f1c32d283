package io.alphakite.suite.download;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.suite.command.CommandException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Candles as a CSV file that the simulator can replay when they are minutes. A file that is there
 * is gone on with: after the last row of each ticker; a line that was cut off is written again.
 */
final class CsvStore implements CandleStore {
  private static final String HEADER = "timestamp,open,high,low,close,volume,ticker";

  private final HistoryInterval interval;
  private final FileChannel file;
  private final Map<String, Instant> newest = new HashMap<>();

  private CsvStore(HistoryInterval interval, FileChannel file) {
    this.interval = interval;
    this.file = file;
  }

  /**
   * Opens or makes it.
   *
   * @throws CommandException when the file holds something else
   */
  static CsvStore open(Path path, HistoryInterval interval) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      CsvStore store = new CsvStore(interval, file);
      store.resume(path);
      return store;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void resume(Path path) throws IOException {
    file.truncate(wholeLines());
    if (file.size() == 0) {
      append(HEADER + "\n");
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      if (!HEADER.equals(lines.readLine())) {
        throw new CommandException(path + " is there and is no CSV file of this command");
      }
      int number = 1;
      String line = lines.readLine();
      while (line != null) {
        number++;
        String[] cells = line.split(",", -1);
        try {
          newest.merge(cells[6], start(cells[0]), (a, b) -> a.isAfter(b) ? a : b);
        } catch (DateTimeException | ArrayIndexOutOfBoundsException e) {
          throw new CommandException(
              path + " line " + number + " is no row of " + interval.label() + " candles", e);
        }
        line = lines.readLine();
      }
    }
    file.position(file.size());
  }

  /** Up to the end of the last line that was written whole. */
  private long wholeLines() throws IOException {
    long size = file.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    while (size > 0) {
      last.clear();
      file.read(last, size - 1);
      if (last.get(0) == '\n') {
        return size;
      }
      size--;
    }
    return 0;
  }

  @Override
  public List<LocalDate> missing(Ticker ticker, List<LocalDate> sessions) {
    Instant last = newest.get(ticker.symbol());
    if (last == null) {
      return sessions;
    }
    LocalDate lastDate = MarketCalendar.nyse().dateOf(last);
    return sessions.stream().filter(date -> !date.isBefore(lastDate)).toList();
  }

  @Override
  public int store(Ticker ticker, List<Bar> bars, List<LocalDate> finished) throws IOException {
    Instant last = newest.getOrDefault(ticker.symbol(), Instant.MIN);
    StringBuilder rows = new StringBuilder();
    int added = 0;
    for (Bar bar : bars) {
      if (bar.start().isAfter(last)) {
        rows.append(row(ticker, bar));
        newest.put(ticker.symbol(), bar.start());
        added++;
      }
    }
    append(rows.toString());
    file.force(false);
    return added;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private String row(Ticker ticker, Bar bar) {
    return "%s,%s,%s,%s,%s,%d,%s%n"
        .formatted(
            interval.daily() ? MarketCalendar.nyse().dateOf(bar.start()) : bar.start(),
            bar.open(),
            bar.high(),
            bar.low(),
            bar.close(),
            bar.volume(),
            ticker.symbol());
  }

  private Instant start(String text) {
    return interval.daily()
        ? MarketCalendar.nyse().at(LocalDate.parse(text), java.time.LocalTime.of(1, 0))
        : Instant.parse(text);
  }

  private void append(String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }
}
