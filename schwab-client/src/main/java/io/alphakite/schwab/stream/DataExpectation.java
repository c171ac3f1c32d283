package io.alphakite.schwab.stream;

import java.time.Duration;

/**
 * How soon a service's silence is a fault while its market is open. Heartbeats do not count: a
 * streamer has been seen to go on with them while its data stood still.
 *
 * @param staleAfter after this long without an item, {@link StreamEvent.Stale} is told
 * @param reconnectAfter after this long the connection is given up for a new one
 */
public record DataExpectation(Duration staleAfter, Duration reconnectAfter) {

  /** For symbols that trade every second in their session. */
  public static final DataExpectation LIQUID =
      new DataExpectation(Duration.ofSeconds(5), Duration.ofSeconds(60));

  public DataExpectation {
    if (!staleAfter.isPositive() || reconnectAfter.compareTo(staleAfter) < 0) {
      throw new IllegalArgumentException("data is stale first, and only then given up");
    }
  }
}
