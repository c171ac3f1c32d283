package io.alphakite.schwab.http;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and how soon a read is repeated: full jitter, uniform(0, min(max, base x 2^n)).
 *
 * @param attempts in all, the first one included
 * @param retryAfterMax the longest {@code Retry-After} that is waited for; a longer one ends the
 *     call
 * @param total the longest a call may take with all its attempts and pauses
 */
public record RetryPolicy(
    int attempts, Duration base, Duration max, Duration retryAfterMax, Duration total) {

  private static final Duration TOTAL = Duration.ofSeconds(30);

  /** What is right for Schwab. */
  public static final RetryPolicy READS =
      new RetryPolicy(3, Duration.ofMillis(300), Duration.ofSeconds(4), Duration.ofSeconds(10));

  public RetryPolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException("at least one attempt");
    }
  }

  /** With the usual half a minute in all. */
  public RetryPolicy(int attempts, Duration base, Duration max, Duration retryAfterMax) {
    this(attempts, base, max, retryAfterMax, TOTAL);
  }

  /** The wait after the n-th failure, counted from 0. */
  Duration pause(int failure, RandomGenerator random) {
    return fullJitter(failure, base, max, random);
  }

  /** uniform(0, min(max, base x 2^n)), in whole milliseconds. */
  public static Duration fullJitter(int n, Duration base, Duration max, RandomGenerator random) {
    long bound = max.toMillis();
    int doublings = Math.min(Math.max(n, 0), 30);
    if (base.toMillis() <= bound >> doublings) {
      bound = base.toMillis() << doublings;
    }
    return Duration.ofMillis(random.nextLong(bound + 1));
  }
}
