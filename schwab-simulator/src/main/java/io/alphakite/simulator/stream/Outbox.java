package io.alphakite.simulator.stream;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way to one client, in order. Adding never blocks, because it happens under the
 * market's lock; instead the market's thread waits in {@link #awaitRoom} between its steps, so the
 * content stays below the limit plus one step. Thread-safe.
 */
final class Outbox {
  /** Frames that may wait before the market has to. */
  private static final int LIMIT = 32;

  /** Answers and account events pile up without bound only by a client's own doing; not here. */
  private static final int OVERFLOW = 20_000;

  private final ArrayDeque<String> frames = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean ending;
  private boolean closed;

  /**
   * Appends a frame.
   *
   * @return false when the client has let so much pile up that it must be cut off
   */
  boolean add(String frame) {
    lock.lock();
    try {
      if (closed || ending) {
        return true;
      }
      if (frames.size() >= OVERFLOW) {
        return false;
      }
      frames.add(frame);
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The next frame; null when the outbox has been ended and is empty, or closed. */
  @Nullable String take() throws InterruptedException {
    lock.lock();
    try {
      while (frames.isEmpty() && !ending && !closed) {
        changed.await();
      }
      String frame = closed ? null : frames.poll();
      changed.signalAll();
      return frame;
    } finally {
      lock.unlock();
    }
  }

  /** Returns when there is room, or when nothing more will be added. */
  void awaitRoom() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && !ending && frames.size() >= LIMIT) {
        changed.await(1, TimeUnit.SECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** What waits is still delivered, then {@link #take} gives null. */
  void end() {
    lock.lock();
    try {
      ending = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets everything and releases whoever waits. */
  void close() {
    lock.lock();
    try {
      closed = true;
      frames.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
