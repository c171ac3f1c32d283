package io.alphakite.platform.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.Deque;

/** Counts what is logged as an error, so that health cannot look better than the log. */
public final class ErrorCounter extends AppenderBase<ILoggingEvent> {
  private static final long WINDOW_NANOS = 5L * 60 * 1_000_000_000;

  /** More than this many errors in five minutes are not told apart. */
  private static final int LIMIT = 1_000;

  private static final Deque<Long> RECENT = new ArrayDeque<>();

  /** How many errors this process logged in the last five minutes, at most {@value #LIMIT}. */
  public static int lastFiveMinutes() {
    synchronized (RECENT) {
      forget(System.nanoTime());
      return RECENT.size();
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
      synchronized (RECENT) {
        long now = System.nanoTime();
        forget(now);
        if (RECENT.size() < LIMIT) {
          RECENT.addLast(now);
        }
      }
    }
  }

  private static void forget(long now) {
    while (!RECENT.isEmpty() && now - RECENT.getFirst() > WINDOW_NANOS) {
      RECENT.removeFirst();
    }
  }
}
