package io.alphakite.simulator.broker;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens a little later, on a thread of its own and under the market's lock. */
final class Delays implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Delays.class);

  private final Lock lock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("broker").factory());
  private boolean closed;

  Delays(Lock lock) {
    this.lock = lock;
  }

  /** Does it after so much wall time, unless the desk is closed by then. */
  void later(Duration delay, Runnable action) {
    Future<?> unused =
        timer.schedule(() -> locked(action), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      if (!closed) {
        action.run();
      }
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("event", "broker.failed")
          .setCause(e)
          .log("A step of the broker's failed");
    } finally {
      lock.unlock();
    }
  }

  /** Nothing begins any more. Under the market's lock. */
  @Override
  public void close() {
    closed = true;
    timer.shutdownNow();
  }
}
