package io.alphakite.schwab.stream;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between the reading thread and the consumer. When it is full, putting waits;
 * nothing is dropped unless the stream is closed.
 */
final class EventQueue {

  private static final long CLOSED_CHECK_MILLIS = 100;

  private final ArrayBlockingQueue<StreamEvent> events;
  private final Counters counters;
  private volatile boolean closed;

  /** Set by the first event that found no room after the close: what follows it may not pass it. */
  private volatile boolean cut;

  EventQueue(int capacity, Counters counters) {
    this.events = new ArrayBlockingQueue<>(capacity);
    this.counters = counters;
  }

  /**
   * Appends, waiting for room as long as the queue is open; an interrupt does not make it give up.
   *
   * @return whether it had to wait
   */
  boolean put(StreamEvent event) {
    if (cut || events.offer(event)) {
      return false;
    }
    counters.fullQueueWaits.increment();
    long since = System.nanoTime();
    boolean interrupted = false;
    try {
      while (!closed) {
        try {
          if (events.offer(event, CLOSED_CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
            return true;
          }
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      cut = true;
      return true;
    } finally {
      counters.fullQueueNanos.add(System.nanoTime() - since);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Nullable StreamEvent next(Duration timeout) throws InterruptedException {
    return events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  int drain(Collection<? super StreamEvent> into, int max) {
    return events.drainTo(into, max);
  }

  int size() {
    return events.size();
  }

  void close() {
    closed = true;
  }
}
