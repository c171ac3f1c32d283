package io.alphakite.engine.broker.paper;

import io.alphakite.model.order.OrderTerms;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An order resting at the paper broker.
 *
 * @param triggered whether its stop was reached
 * @param expiresAt market time at which a day order ends; null for one that stands until canceled
 * @param lastQuoteTime of the quote it last took from, so that one quote's size is taken once
 */
record PaperOrder(
    long id,
    OrderTerms terms,
    long filled,
    boolean triggered,
    @Nullable Instant expiresAt,
    @Nullable Instant lastQuoteTime) {

  long leaves() {
    return terms.quantity() - filled;
  }
}
