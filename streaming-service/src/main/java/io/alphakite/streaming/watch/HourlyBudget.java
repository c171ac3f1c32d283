package io.alphakite.streaming.watch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** So many of something in any hour, and no more. */
final class HourlyBudget {

  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final int most;
  private final Deque<Long> spent = new ArrayDeque<>();

  HourlyBudget(int most) {
    this.most = most;
  }

  /** How many were spent in the hour before. */
  int spent(long nowNanos) {
    while (!spent.isEmpty() && nowNanos - spent.getFirst() >= HOUR) {
      spent.removeFirst();
    }
    return spent.size();
  }

  /** Takes one; false when none is left. */
  boolean take(long nowNanos) {
    if (spent(nowNanos) >= most) {
      return false;
    }
    spent.addLast(nowNanos);
    return true;
  }
}
