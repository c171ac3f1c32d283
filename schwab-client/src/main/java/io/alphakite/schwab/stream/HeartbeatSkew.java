package io.alphakite.schwab.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How far the streamer's clock is ahead of ours, from the last heartbeats. A heartbeat that was
 * held up looks as if the streamer's clock were behind, so the greatest difference is the best one.
 *
 * <p>Differences are to our monotonic clock, and that is compared with our wall clock when somebody
 * asks: a wall clock that is set shows at once. Thread-safe.
 */
final class HeartbeatSkew {

  private static final int KEPT = 12;

  private final InstantSource wall;
  private final LongSupplier nanoTime;
  // What their clock would have shown when ours stood at zero nanoseconds.
  private final Deque<Instant> zeros = new ArrayDeque<>();

  HeartbeatSkew(InstantSource wall, LongSupplier nanoTime) {
    this.wall = wall;
    this.nanoTime = nanoTime;
  }

  synchronized void heartbeat(Instant theirs) {
    if (zeros.size() == KEPT) {
      zeros.removeFirst();
    }
    zeros.addLast(theirs.minusNanos(nanoTime.getAsLong()));
  }

  synchronized Optional<Duration> estimate() {
    return zeros.stream()
        .max(Instant::compareTo)
        .map(zero -> Duration.between(wall.instant(), zero.plusNanos(nanoTime.getAsLong())));
  }
}
