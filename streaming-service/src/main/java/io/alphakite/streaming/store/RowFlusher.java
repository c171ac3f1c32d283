package io.alphakite.streaming.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what waits in the {@link RowBuffer}, one flush at a time, on a thread of its own.
 *
 * <p>A flush that fails is tried again until it succeeds, waiting longer each time up to {@value
 * #BACKOFF_MAX_MILLIS} ms; what arrives meanwhile waits in the buffer, which stops the stream when
 * it is full.
 */
public final class RowFlusher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RowFlusher.class);
  private static final long BACKOFF_MIN_MILLIS = 50;
  private static final long BACKOFF_MAX_MILLIS = 2_000;
  private static final Duration LAST_FLUSH = Duration.ofMillis(2_500);
  private static final long REMIND_NANOS = Duration.ofSeconds(30).toNanos();

  private final RowBuffer buffer;
  private final RowWriter writer;
  private final Consumer<Duration> flushTimer;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile long stopAtNanos;
  private volatile FlushStatus status =
      new FlushStatus(0, 0, 0, null, Duration.ZERO, Duration.ZERO);

  /**
   * Not yet started.
   *
   * @param flushTimer told how long each flush took
   */
  public RowFlusher(
      RowBuffer buffer,
      DataSource database,
      InstantSource wallClock,
      Consumer<Duration> flushTimer) {
    this.buffer = buffer;
    this.writer = new RowWriter(database, wallClock, buffer);
    this.flushTimer = flushTimer;
    this.thread = Thread.ofPlatform().name("row-flusher").daemon(true).unstarted(this::run);
  }

  /** Starts flushing. */
  public void start() {
    thread.start();
  }

  /** How it goes. */
  public FlushStatus status() {
    return status;
  }

  /**
   * Writes what waits, for at most three seconds, and stops. Whoever fills the buffer stops first.
   */
  @Override
  public void close() {
    stopAtNanos = System.nanoTime() + LAST_FLUSH.toNanos();
    stopping = true;
    buffer.close();
    try {
      if (thread.isAlive() && !thread.join(LAST_FLUSH)) {
        thread.interrupt();
        thread.join(Duration.ofMillis(500));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    // The first flush needs no interval behind it.
    long began = System.nanoTime() - Duration.ofDays(1).toNanos();
    try {
      while (true) {
        boolean last = stopping;
        if (!last) {
          buffer.awaitDue(began);
        }
        began = System.nanoTime();
        Batch batch = buffer.drain();
        if (!batch.isEmpty()) {
          writeUntilWritten(batch);
        }
        if (last) {
          return;
        }
      }
    } catch (InterruptedException e) {
      log.atWarn()
          .addKeyValue("event", "store.stopped")
          .log("Stopped before everything was written; the price history will fill it");
    } catch (RuntimeException e) {
      failed(e, Duration.ZERO);
      log.atError()
          .setCause(e)
          .addKeyValue("event", "store.died")
          .log("Nothing is written any more: restart the service");
    }
  }

  private void writeUntilWritten(Batch batch) throws InterruptedException {
    long wait = BACKOFF_MIN_MILLIS;
    long failingSince = 0;
    long remindedAt = 0;
    while (true) {
      long start = System.nanoTime();
      try {
        writer.write(batch);
        succeeded(batch, System.nanoTime() - start, failingSince);
        return;
      } catch (SQLException | RuntimeException e) {
        long now = System.nanoTime();
        if (failingSince == 0) {
          failingSince = now;
        }
        failed(e, Duration.ofNanos(now - failingSince));
        if (remindedAt == 0 || now - remindedAt > REMIND_NANOS) {
          remindedAt = now;
          log.atWarn()
              .addKeyValue("event", "store.flush_failed")
              .addKeyValue("rows", batch.rows().size())
              .log("Cannot write rows, trying again: {}", message(e));
        }
        if (stopping && now - stopAtNanos > 0) {
          throw new InterruptedException("no time left");
        }
        Thread.sleep(wait);
        wait = Math.min(wait * 2, BACKOFF_MAX_MILLIS);
      }
    }
  }

  private void succeeded(Batch batch, long nanos, long failingSince) {
    FlushStatus before = status;
    Duration took = Duration.ofNanos(nanos);
    status =
        new FlushStatus(
            before.flushes() + 1,
            before.rows() + batch.rows().size(),
            before.failures(),
            null,
            Duration.ZERO,
            took);
    flushTimer.accept(took);
    if (failingSince != 0) {
      log.atInfo()
          .addKeyValue("event", "store.recovered")
          .addKeyValue("rows", batch.rows().size())
          .log("Rows are written again");
    }
  }

  private void failed(Exception e, Duration failingFor) {
    FlushStatus before = status;
    status =
        new FlushStatus(
            before.flushes(),
            before.rows(),
            before.failures() + 1,
            message(e),
            failingFor,
            before.last());
  }

  private static String message(@Nullable Exception e) {
    String text = e == null || e.getMessage() == null ? String.valueOf(e) : e.getMessage();
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }
}
