package io.alphakite.schwab.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How far the streamer's clock is ahead of ours, from the last heartbeats. A heartbeat that was
 * held up looks as if the streamer's clock were behind, so the greatest difference is the best one.
 * Thread-safe.
 */
final class HeartbeatSkew {

  private static final int KEPT = 12;

  private final Deque<Duration> differences = new ArrayDeque<>();

  synchronized void heartbeat(Instant theirs, Instant ours) {
    if (differences.size() == KEPT) {
      differences.removeFirst();
    }
    differences.addLast(Duration.between(ours, theirs));
  }

  synchronized Optional<Duration> estimate() {
    return differences.stream().max(Duration::compareTo);
  }
}
