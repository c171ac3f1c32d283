package io.alphakite.platform.time;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The newest committed event's own time ({@code MARKET_CLOCK=feed}): right for replays, whatever
 * their speed. Read at most every {@value #FRESH_MILLIS} ms, and never goes back within a process.
 */
public final class FeedClock implements MarketClock {
  private static final long FRESH_MILLIS = 20;

  private final Supplier<Instant> newest;
  private Instant last = Instant.EPOCH;
  private long readAtNanos;
  private boolean read;

  /** A clock over the {@code quotes} table. */
  public FeedClock(JdbcClient jdbc) {
    this(
        () ->
            jdbc.sql("SELECT feed_time()")
                .query(
                    (row, number) -> {
                      var time = row.getTimestamp(1);
                      return time == null ? Instant.EPOCH : time.toInstant();
                    })
                .single());
  }

  FeedClock(Supplier<Instant> newest) {
    this.newest = newest;
  }

  @Override
  public synchronized Instant now() {
    long nanos = System.nanoTime();
    if (!read || nanos - readAtNanos > Duration.ofMillis(FRESH_MILLIS).toNanos()) {
      Instant now = newest.get();
      last = now.isAfter(last) ? now : last;
      readAtNanos = nanos;
      read = true;
    }
    return last;
  }
}
