package io.alphakite.schwab.trader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request to cancel. Asking again is harmless; whether the order is cancelled only
 * its own state can tell.
 */
public sealed interface CancelResult {

  /** Schwab took the request; fills are still possible. */
  record Requested() implements CancelResult {}

  /** Schwab refused, for instance because the order is already done (400) or unknown (404). */
  record Refused(int status, String message) implements CancelResult {}

  /** 429. */
  record Throttled(@Nullable Duration retryAfter) implements CancelResult {}

  /** No usable answer: Schwab may or may not have the request. */
  record Unconfirmed(String reason) implements CancelResult {}
}
