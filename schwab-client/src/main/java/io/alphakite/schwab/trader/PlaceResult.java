package io.alphakite.schwab.trader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one order POST, or of the PUT that puts an order in another's place. Each is sent
 * once; nothing here invites a repetition.
 */
public sealed interface PlaceResult {

  /**
   * 201 with a usable id in {@code Location}. Received, not yet accepted by Schwab's checks; the id
   * may even be another order's, so read the order and compare ({@link BrokerOrder#request}).
   */
  record Accepted(long orderId) implements PlaceResult {}

  /**
   * 201, but {@code Location} is missing or names no new order of this account. Received, as with
   * {@link Accepted}: the order is to be found in a listing.
   */
  record Unidentified(String reason) implements PlaceResult {}

  /** 400, 401, 403, 404 or 422 with a body of Schwab's own: no order exists. */
  record Refused(int status, String message) implements PlaceResult {}

  /** 429. Most likely nothing was accepted; look at a listing before believing it. */
  record Throttled(@Nullable Duration retryAfter) implements PlaceResult {}

  /** No byte of the request left this machine (proven): no order exists. */
  record NotSent(String reason) implements PlaceResult {}

  /** Everything else: an order may exist. Only evidence from Schwab can tell. */
  record Unconfirmed(String reason) implements PlaceResult {}
}
