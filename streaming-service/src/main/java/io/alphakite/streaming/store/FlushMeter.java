package io.alphakite.streaming.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Counts how the writing goes, whichever thread writes. */
final class FlushMeter {
  private long flushes;
  private long rows;
  private long failures;
  private long unexpected;
  private @Nullable String failing;
  private long failingSinceNanos;
  private Duration last = Duration.ZERO;

  synchronized void succeeded(int written, Duration took) {
    flushes++;
    rows += written;
    failing = null;
    last = took;
  }

  synchronized void failed(Throwable why) {
    failed(why, System.nanoTime());
  }

  /**
   * A try failed.
   *
   * @param beganNanos when it began: one that waited for a connection has failed for that long
   */
  synchronized void failed(Throwable why, long beganNanos) {
    if (failing == null) {
      failingSinceNanos = beganNanos;
    }
    failures++;
    failing = Refusal.message(why);
    if (!(why instanceof java.sql.SQLException)) {
      unexpected++;
    }
  }

  /** How long it has failed without a success between; zero while it does not. */
  synchronized Duration failingFor() {
    return failing == null
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(1, System.nanoTime() - failingSinceNanos));
  }

  /** Failures that were not the database's. */
  synchronized long unexpected() {
    return unexpected;
  }

  synchronized FlushStatus status() {
    return new FlushStatus(flushes, rows, failures, failing, failingFor(), last);
  }
}
