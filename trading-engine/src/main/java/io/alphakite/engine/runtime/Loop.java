package io.alphakite.engine.runtime;

import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does one thing again and again on a thread of its own: when woken, and at the latest after what
 * the last round asked for. A round that throws is logged and repeated after a second, so that one
 * failure stops neither the loop nor floods the log.
 */
final class Loop implements AutoCloseable {

  /** Within so long a new trade's order has left, unless it has to wait. */
  static final Duration ORDERS_WAY = Duration.ofMillis(20);

  private static final Logger log = LoggerFactory.getLogger(Loop.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(12);

  private final String name;
  private final Duration pause;
  private final Supplier<Duration> round;
  private final Consumer<RuntimeException> failed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private final Thread thread;
  private final List<AutoCloseable> listeners = new ArrayList<>();
  private boolean wake;
  private long dueNanos = Long.MAX_VALUE;
  private volatile long clearNanos = System.nanoTime();
  private volatile boolean closed;
  private volatile long lastSuccessNanos = System.nanoTime();
  private volatile boolean failing;

  /**
   * A loop that runs at once.
   *
   * @param pause between two rounds at least
   * @param round does the work and says how long to wait for the next, unless woken
   * @param failed is told of what a round throws
   */
  Loop(String name, Duration pause, Supplier<Duration> round, Consumer<RuntimeException> failed) {
    this.name = name;
    this.pause = pause;
    this.round = round;
    this.failed = failed;
    this.thread = Thread.ofPlatform().daemon().name("engine-" + name).unstarted(this::run);
  }

  /** Before the start: each notification of the channel wakes it, until it is closed. */
  Loop wokenBy(Notifications notifications, Channel channel) {
    listeners.add(notifications.listen(channel, payload -> wake()));
    return this;
  }

  /**
   * Before the start: a new trade's order shall not share the processors with a round that can
   * wait; one that is due meanwhile begins 20 ms after the trade was asked for.
   */
  Loop givingWayToTrades(Notifications notifications) {
    listeners.add(
        notifications.listen(
            Channel.TRADE_REQUESTS,
            payload -> clearNanos = System.nanoTime() + ORDERS_WAY.toNanos()));
    return this;
  }

  Loop start() {
    thread.start();
    return this;
  }

  /** The next round begins now, or as soon as the one under way is over. */
  void wake() {
    lock.lock();
    try {
      wake = true;
      woken.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The next round begins after so long, or before. */
  void wakeIn(Duration delay) {
    lock.lock();
    try {
      dueNanos = Math.min(dueNanos, System.nanoTime() + delay.toNanos());
      woken.signal();
    } finally {
      lock.unlock();
    }
  }

  /** How long ago a round last succeeded. */
  Duration sinceSuccess() {
    return Duration.ofNanos(System.nanoTime() - lastSuccessNanos);
  }

  private void run() {
    while (!closed) {
      try {
        giveWay();
        await(once());
      } catch (InterruptedException e) {
        // Only close() interrupts.
        return;
      }
    }
  }

  /** Once a round: trade after trade makes it later, but keeps it from nothing. */
  private void giveWay() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(clearNanos - System.nanoTime());
  }

  private Duration once() {
    try {
      Duration wait = round.get();
      lastSuccessNanos = System.nanoTime();
      failing = false;
      return wait;
    } catch (RuntimeException e) {
      if (!closed) {
        report(e);
        failed.accept(e);
      }
      return AFTER_FAILURE;
    } catch (Error e) {
      // A loop that ends would leave orders and cancels lying while everything else looks alive.
      report(e);
      return AFTER_FAILURE;
    }
  }

  private void report(Throwable e) {
    // The first of a series with everything, the rest as a line.
    var event = log.atError().addKeyValue("event", "engine.loop_failed").addKeyValue("loop", name);
    if (failing) {
      event.log("Still failing: {}", e.toString());
    } else {
      event.setCause(e).log("A round of the {} loop failed", name);
    }
    failing = true;
  }

  private void await(Duration wait) throws InterruptedException {
    if (!pause.isZero()) {
      Thread.sleep(pause);
    }
    lock.lock();
    try {
      long end = System.nanoTime() + wait.minus(pause).toNanos();
      long left;
      while (!wake && (left = Math.min(end, dueNanos) - System.nanoTime()) > 0 && !closed) {
        woken.awaitNanos(left);
      }
      wake = false;
      dueNanos = Long.MAX_VALUE;
    } finally {
      lock.unlock();
    }
  }

  private void stopListening() {
    for (AutoCloseable listener : listeners) {
      try {
        listener.close();
      } catch (Exception e) {
        throw new IllegalStateException("a listener did not close", e);
      }
    }
  }

  /** Ends after the round under way, or interrupts it when that takes too long. */
  @Override
  public void close() {
    stopListening();
    closed = true;
    wake();
    try {
      if (!thread.join(STOP_LIMIT)) {
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
