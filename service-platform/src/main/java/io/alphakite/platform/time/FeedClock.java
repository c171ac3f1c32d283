package io.alphakite.platform.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The newest committed event's own time ({@code MARKET_CLOCK=feed}): right for replays, whatever
 * their speed. Read at most every {@value #FRESH_MILLIS} ms, and never goes back within a process.
 */
public final class FeedClock implements MarketClock {
  private static final long FRESH_MILLIS = 20;

  private final Supplier<Instant> newest;
  private final AtomicReference<@Nullable Reading> last = new AtomicReference<>();

  private record Reading(Instant time, long atNanos) {
    Reading andBefore(@Nullable Reading before) {
      return before != null && before.time.isAfter(time) ? new Reading(before.time, atNanos) : this;
    }
  }

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

  /**
   * The feed's time. Whoever finds it old reads it, on the connection of its own transaction where
   * it is in one; nobody waits for another's read, who may be waiting for a connection.
   */
  @Override
  public Instant now() {
    Reading reading = last.get();
    long nanos = System.nanoTime();
    if (reading != null && nanos - reading.atNanos <= Duration.ofMillis(FRESH_MILLIS).toNanos()) {
      return reading.time;
    }
    Reading read = new Reading(newest.get(), nanos);
    return Objects.requireNonNull(last.updateAndGet(read::andBefore)).time;
  }
}
