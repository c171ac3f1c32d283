package io.alphakite.streaming.store;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what waits on disk into the database, oldest first, on a thread that lives as long as
 * something waits. Nothing else writes meanwhile, so that nothing newer is overwritten.
 */
final class SpillDrain implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpillDrain.class);
  private static final long BACKOFF_MIN_MILLIS = 50;
  private static final long BACKOFF_MAX_MILLIS = 1_000;
  private static final Duration END = Duration.ofMillis(500);

  private final BatchSpill spill;
  private final RowWriter writer;
  private final FlushMeter meter;
  private @Nullable Thread thread;
  private volatile boolean closing;

  SpillDrain(BatchSpill spill, RowWriter writer, FlushMeter meter) {
    this.spill = spill;
    this.writer = writer;
    this.meter = meter;
  }

  /** Sees to it that what waits is drained. */
  synchronized void awaken() {
    if (thread == null && !closing) {
      Thread started = Thread.ofPlatform().name("spill-drain").daemon(true).unstarted(this::run);
      thread = started;
      started.start();
    }
  }

  /** Drains all of it on the caller's thread; another try goes on where this one ended. */
  void drainAll() throws SQLException, IOException {
    while (drainOnce()) {
      // until nothing is left
    }
  }

  /** Stops; what is left stays on disk. */
  @Override
  public void close() {
    closing = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running != null) {
      writer.abort();
      running.interrupt();
      try {
        running.join(END);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    log.atWarn()
        .addKeyValue("event", "spill.started")
        .log("The database is away: rows are written to files until it is back");
    long wait = BACKOFF_MIN_MILLIS;
    while (!closing && !finished()) {
      try {
        drainOnce();
        wait = BACKOFF_MIN_MILLIS;
      } catch (SQLException | IOException | RuntimeException | Error e) {
        meter.failed(e);
        if (!(e instanceof SQLException)) {
          log.atError().setCause(e).addKeyValue("event", "spill.drain_failed").log("Trying again");
        }
        try {
          Thread.sleep(wait);
        } catch (InterruptedException stop) {
          return;
        }
        wait = Math.min(wait * 2, BACKOFF_MAX_MILLIS);
      }
    }
  }

  /** Whether nothing is left; then this thread has ended, as far as {@link #awaken} knows. */
  private synchronized boolean finished() {
    if (!spill.isEmpty()) {
      return false;
    }
    thread = null;
    log.atInfo()
        .addKeyValue("event", "spill.drained")
        .log("Everything that waited in files is in the database");
    return true;
  }

  private boolean drainOnce() throws SQLException, IOException {
    BatchSpill.Part part = spill.peek();
    if (part == null) {
      return false;
    }
    long start = System.nanoTime();
    writer.write(part.batch(), part.progress());
    spill.take(part);
    meter.succeeded(part.batch().rows().size(), Duration.ofNanos(System.nanoTime() - start));
    return true;
  }
}
