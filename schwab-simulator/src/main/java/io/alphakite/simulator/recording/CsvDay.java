package io.alphakite.simulator.recording;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** One ticker's day on its way from CSV rows to a recording. Not thread-safe. */
final class CsvDay {
  private static final int OPEN_MILLIS = (9 * 60 + 30) * 60_000;
  private static final int CLOSE_MILLIS = 16 * 60 * 60_000;
  private static final long CENT_E4 = 100;
  private static final long DOLLAR_E4 = 10_000;

  /** Shares on either side where the rows have no quote. */
  private static final long QUOTE_SIZE = 500;

  private static final char VENUE = 'Q';

  /** When, within its minute, a bar's four prices are printed. */
  private static final int[] MILLIS = {0, 15_000, 30_000, 59_000};

  private final String ticker;
  private final LocalDate date;
  private long regularCloseE4;
  private long latestMillis = -1;
  private @Nullable RecordingWriter writer;

  CsvDay(String ticker, LocalDate date, long previousCloseE4) {
    this.ticker = ticker;
    this.date = date;
    this.regularCloseE4 = previousCloseE4;
    this.writer = new RecordingWriter(ticker, date, previousCloseE4, 1);
  }

  String ticker() {
    return ticker;
  }

  LocalDate date() {
    return date;
  }

  boolean isOf(LocalDate other) {
    return date.equals(other);
  }

  /** The last regular price; the close before while there is none. */
  long regularCloseE4() {
    return regularCloseE4;
  }

  boolean isWritten() {
    return writer == null;
  }

  /**
   * Adds a row.
   *
   * @return false when its quote was crossed and left out
   */
  boolean take(CsvRow row) throws CsvRow.BadRow {
    RecordingWriter to = writer;
    if (to == null) {
      throw new CsvRow.BadRow(ticker + " " + date + " was in a file before; keep one of them");
    }
    if (row.millisOfDay() < latestMillis || (row.isBar() && row.millisOfDay() == latestMillis)) {
      throw new CsvRow.BadRow(
          "comes after a later row of " + ticker + "; sort each ticker by time");
    }
    latestMillis = row.millisOfDay();
    return row.isBar() ? bar(to, row) : tick(to, row);
  }

  private boolean tick(RecordingWriter to, CsvRow row) {
    boolean sound = true;
    if (row.bidE4() > 0 || row.askE4() > 0) {
      sound = row.bidE4() == 0 || row.askE4() == 0 || row.bidE4() <= row.askE4();
      if (sound) {
        quote(to, row.millisOfDay(), row.bidE4(), row.bidSize(), row.askE4(), row.askSize());
      }
    } else {
      around(to, row.millisOfDay(), row.priceE4());
    }
    if (row.priceE4() > 0) {
      print(to, row.millisOfDay(), row.priceE4(), row.size());
    }
    return sound;
  }

  /**
   * A bar is printed as open, the nearer extreme, the other and close, those that repeat left out;
   * the volume is shared among them, what does not divide goes to the first.
   */
  private boolean bar(RecordingWriter to, CsvRow row) {
    boolean up = row.closeE4() >= row.openE4();
    long[] path = {
      row.openE4(), up ? row.lowE4() : row.highE4(), up ? row.highE4() : row.lowE4(), row.closeE4()
    };
    int points = 1;
    for (int i = 1; i < path.length; i++) {
      points += path[i] == path[i - 1] ? 0 : 1;
    }
    long each = row.size() / points;
    for (int i = 0; i < path.length; i++) {
      if (i > 0 && path[i] == path[i - 1]) {
        continue;
      }
      int millis = row.millisOfDay() + MILLIS[i];
      around(to, millis, path[i]);
      if (row.size() > 0) {
        print(to, millis, path[i], i == 0 ? row.size() - each * (points - 1) : each);
      }
    }
    return true;
  }

  private void print(RecordingWriter to, int millis, long priceE4, long size) {
    to.print(millis, priceE4, size, VENUE, true);
    if (millis >= OPEN_MILLIS && millis < CLOSE_MILLIS) {
      regularCloseE4 = priceE4;
    }
  }

  private static void around(RecordingWriter to, int millis, long priceE4) {
    long tick = priceE4 >= DOLLAR_E4 ? CENT_E4 : 1;
    quote(to, millis, priceE4 - tick, QUOTE_SIZE, priceE4 + tick, QUOTE_SIZE);
  }

  private static void quote(
      RecordingWriter to, int millis, long bidE4, long bidSize, long askE4, long askSize) {
    to.quote(millis, Math.max(0, bidE4), bidSize, VENUE, askE4, askSize, VENUE);
  }

  void write(Path file) throws IOException {
    RecordingWriter from = writer;
    if (from == null) {
      throw new IllegalStateException("written already");
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      RecordingWriter.compress(from.finish(), out);
    }
    writer = null;
  }
}
