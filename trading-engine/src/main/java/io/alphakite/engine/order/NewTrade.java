package io.alphakite.engine.order;

import io.alphakite.engine.risk.Origin;
import io.alphakite.model.order.OrderTerms;
import java.time.Instant;
import java.util.UUID;

/** What a person or a strategy asks for, as it stands in {@code trades}. */
public sealed interface NewTrade {

  UUID id();

  /**
   * One that makes sense as an order.
   *
   * @param createdAt wall time
   */
  record Wanted(UUID id, Origin origin, OrderTerms terms, Instant createdAt) implements NewTrade {}

  /** One that does not. */
  record Malformed(UUID id, String reason) implements NewTrade {}
}
