package io.alphakite.suite.backfill;

import java.time.Instant;

/**
 * A span of market time.
 *
 * @param from inclusive
 * @param to exclusive
 */
public record Interval(Instant from, Instant to) {
  private static final long MINUTE = 60;

  /** All time. */
  public static final Interval ALL =
      new Interval(Instant.parse("1970-01-01T00:00:00Z"), Instant.parse("9999-01-01T00:00:00Z"));

  /** Whether a minute (start, seconds since the epoch) lies in it as a whole. */
  boolean holdsMinute(long start) {
    return start >= from.getEpochSecond() && start + MINUTE <= to.getEpochSecond();
  }
}
