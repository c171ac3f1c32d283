package io.alphakite.schwab.trader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one request to cancel. It was sent at most once: asking again is harmless, but it
 * is for the caller to decide. Whether the order is cancelled only its own state can tell.
 */
public sealed interface CancelResult {

  /** Schwab took the request; fills are still possible. */
  record Requested() implements CancelResult {}

  /** Schwab refused, for instance because the order is already done (400) or unknown (404). */
  record Refused(int status, String message) implements CancelResult {}

  /** 401: nothing was done; the next request goes out with a new token, if there is one. */
  record Unauthorized(String message) implements CancelResult {}

  /** 429. */
  record Throttled(@Nullable Duration retryAfter) implements CancelResult {}

  /** No byte of the request left this machine (proven): Schwab does not know of it. */
  record NotSent(String reason) implements CancelResult {}

  /** No usable answer: Schwab may or may not have the request. */
  record Unconfirmed(String reason) implements CancelResult {}
}
