package io.alphakite.engine.order;

import io.alphakite.engine.broker.OrderReport;
import io.alphakite.model.order.OrderTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Finds the order that took the place of one of ours at a broker that does not name it: of the same
 * instrument and side, entered after the old one and before the old one was seen replaced. Type,
 * prices and quantity may be others.
 */
final class ReplacementMatch {

  /** How long it is looked for, and how long an order that could be it is not adopted. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private ReplacementMatch() {}

  /**
   * The orders that could be it.
   *
   * @param seen when the old order was first seen replaced, wall time
   */
  static List<OrderReport> candidates(
      OrderReport old, OrderTerms terms, List<OrderReport> listing, Instant seen) {
    Instant latest = seen.plus(ContentMatch.BEFORE);
    return listing.stream()
        .filter(report -> fits(old, terms, report))
        .filter(report -> report.enteredAt() == null || !report.enteredAt().isAfter(latest))
        .toList();
  }

  /** Whether the report could stand in the old order's place; the broker writes whole seconds. */
  private static boolean fits(OrderReport old, OrderTerms terms, OrderReport report) {
    OrderTerms other = report.terms();
    Instant began = old.enteredAt();
    Instant entered = report.enteredAt();
    return other != null
        && !report.id().equals(old.id())
        && (report.parent() == null || report.parent().equals(old.parent()))
        && other.symbol().equals(terms.symbol())
        && other.side() == terms.side()
        && (began == null || entered == null || !entered.isBefore(began));
  }
}
