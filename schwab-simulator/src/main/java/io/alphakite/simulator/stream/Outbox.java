package io.alphakite.simulator.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way to one client, in order. Adding never blocks, because it happens under the
 * market's lock; instead the market's thread (and the reading of the client's own commands) waits
 * in {@link #awaitRoom} between its steps, so the content stays below the limit plus one step.
 * Thread-safe.
 */
final class Outbox {
  /** Frames that may wait before the market has to. */
  private static final int LIMIT = 32;

  /** Characters that no step of the market and no command comes near. */
  private static final long OVERFLOW = 32L * 1024 * 1024;

  private final ArrayDeque<Outgoing> content = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long length;
  private boolean ending;
  private boolean closed;

  /** Something for the writer to do. */
  sealed interface Outgoing {
    /** Characters or bytes held. */
    int length();

    /** A text frame. */
    record Text(String text) implements Outgoing {
      @Override
      public int length() {
        return text.length();
      }
    }

    /** A binary frame of these characters in UTF-8. */
    record Binary(String text) implements Outgoing {
      @Override
      public int length() {
        return text.length();
      }
    }

    /** Everything behind it waits so long. */
    record Pause(Duration time) implements Outgoing {
      @Override
      public int length() {
        return 0;
      }
    }
  }

  /**
   * Appends something.
   *
   * @return false when the client has let so much pile up that it must be cut off
   */
  boolean add(Outgoing outgoing) {
    lock.lock();
    try {
      if (closed || ending) {
        return true;
      }
      if (length >= OVERFLOW) {
        return false;
      }
      content.add(outgoing);
      length += outgoing.length();
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The next thing to do; null when the outbox has been ended and is empty, or closed. */
  @Nullable Outgoing take() throws InterruptedException {
    lock.lock();
    try {
      while (content.isEmpty() && !ending && !closed) {
        changed.await();
      }
      Outgoing next = closed ? null : content.poll();
      length -= next == null ? 0 : next.length();
      changed.signalAll();
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Waits a while, less when closed before. */
  void pause(Duration time) throws InterruptedException {
    lock.lock();
    try {
      long left = time.toNanos();
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns when there is room, or when nothing more will be added. */
  void awaitRoom() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && !ending && content.size() >= LIMIT) {
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
      content.clear();
      length = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
