package io.alphakite.simulator.market;

import io.alphakite.simulator.recording.RecordingReader;
import io.alphakite.simulator.recording.Recordings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/**
 * All tickers of a recorded day as one sequence in time order; within a millisecond by ticker, and
 * each ticker's events in their own order. Not thread-safe.
 */
final class RecordedDay implements AutoCloseable {
  private final SortedSet<String> tickers;
  private final List<RecordingReader> open = new ArrayList<>();
  private int next = -1;

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
    choose();
  }

  SortedSet<String> tickers() {
    return tickers;
  }

  /** Time of the next event, {@code Integer.MAX_VALUE} at the end. */
  int nextMillis() {
    return next < 0 ? Integer.MAX_VALUE : open.get(next).millisOfDay();
  }

  /** The next event; only when there is one. Valid until {@link #advance()}. */
  RecordingReader event() {
    return open.get(next);
  }

  void advance() {
    RecordingReader reader = open.get(next);
    try {
      if (!reader.next()) {
        reader.close();
        open.remove(next);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    choose();
  }

  private void choose() {
    next = -1;
    for (int i = 0; i < open.size(); i++) {
      if (next < 0 || open.get(i).millisOfDay() < open.get(next).millisOfDay()) {
        next = i;
      }
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
    next = -1;
  }
}
