package io.alphakite.engine.order;

import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.model.order.OrderTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds an order of ours at a broker that gives orders no name of ours: by what it says and when it
 * was entered.
 *
 * <p>A candidate says exactly what we sent, was not there before we sent it, belongs to no other
 * order of ours, and was entered from 5 s before to 75 s after the claim (clocks differ, and the
 * broker writes whole seconds). What hangs on another order was not sent by itself, and is none.
 */
final class ContentMatch {

  /** How far before the claim an order's entry may lie. */
  static final Duration BEFORE = Duration.ofSeconds(5);

  private static final Duration AFTER = Duration.ofSeconds(75);

  private ContentMatch() {}

  /**
   * The candidates.
   *
   * @param bound ids of orders that are known to be others
   */
  static List<OrderReport> candidates(
      OrderIntent intent, List<OrderReport> listing, Set<String> bound) {
    return listing.stream()
        .filter(report -> isCandidate(intent, report) && !bound.contains(report.id()))
        .toList();
  }

  /**
   * Whether the report could be this order, as far as content and time tell; also where exits of it
   * are missing, which is no proof.
   */
  static boolean isCandidate(OrderIntent intent, OrderReport report) {
    return (report.fingerprint().equals(Fingerprint.of(intent.terms()))
            || isInPart(intent.terms(), report))
        && isInTime(intent, report);
  }

  /**
   * Whether the report is an entry that says the same, and shows some of its exits and no others.
   */
  static boolean isInPart(OrderTerms terms, OrderReport report) {
    Fingerprint whole = Fingerprint.of(terms);
    if (terms.bracket() == null
        || report.fingerprint().equals(whole)
        || !report.fingerprint().alone().equals(whole.alone())) {
      return false;
    }
    List<Fingerprint> exits =
        new ArrayList<>(terms.exits().values().stream().map(Fingerprint::of).toList());
    return report.children().stream().allMatch(child -> exits.remove(child.fingerprint()));
  }

  private static boolean isInTime(OrderIntent intent, OrderReport report) {
    Instant claimed = intent.claimedAt();
    Instant entered = report.enteredAt();
    return claimed != null
        && report.parent() == null
        && !intent.baseline().contains(report.id())
        // An order without a time cannot be ruled out.
        && (entered == null
            || (!entered.isBefore(claimed.minus(BEFORE)) && !entered.isAfter(claimed.plus(AFTER))));
  }
}
