package io.alphakite.simulator.market;

import io.alphakite.simulator.recording.RecordingReader;
import io.alphakite.simulator.recording.Recordings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SortedSet;

/**
 * All tickers of a recorded day as one sequence in time order; within a millisecond by ticker, and
 * each ticker's events in their own order. Not thread-safe.
 */
final class RecordedDay implements AutoCloseable {
  private final SortedSet<String> tickers;
  private final PriorityQueue<RecordingReader> open =
      new PriorityQueue<>(
          Comparator.comparingInt(RecordingReader::millisOfDay)
              .thenComparing(RecordingReader::ticker));

  RecordedDay(Recordings recordings, LocalDate date) {
    tickers = recordings.tickers(date);
    try {
      for (String ticker : tickers) {
        RecordingReader reader = recordings.open(date, ticker);
        if (reader.next()) {
          open.add(reader);
        } else {
          reader.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SortedSet<String> tickers() {
    return tickers;
  }

  /** Time of the next event, {@code Integer.MAX_VALUE} at the end. */
  int nextMillis() {
    RecordingReader next = open.peek();
    return next == null ? Integer.MAX_VALUE : next.millisOfDay();
  }

  /** The next event; only when there is one. Valid until {@link #advance()}. */
  RecordingReader event() {
    return Objects.requireNonNull(open.peek(), "the day is over");
  }

  void advance() {
    RecordingReader reader = open.remove();
    try {
      if (reader.next()) {
        open.add(reader);
      } else {
        reader.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    for (RecordingReader reader : open) {
      try {
        reader.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    open.clear();
  }
}
