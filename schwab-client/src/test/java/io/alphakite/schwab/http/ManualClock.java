package io.alphakite.schwab.http;

import java.time.Duration;

/**
 * A clock that moves when it is told to, and when somebody sleeps. Safe for use by many threads.
 */
final class ManualClock implements MonotonicClock {

  private long nanos = 1_000_000_007L;

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public void sleep(Duration pause) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    pass(pause);
  }

  synchronized void pass(Duration time) {
    nanos += Math.max(0, time.toNanos());
  }
}
