package io.alphakite.engine.order;

import io.alphakite.engine.broker.OrderReport;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a look for an order of unknown fate rests on, as the journal keeps it for people. */
final class SearchFacts {

  // More than a person reads.
  private static final int CANDIDATES_MAX = 20;

  private SearchFacts() {}

  /** Of the listing and of the search so far. */
  static Map<String, Object> of(Listing listing, Search search) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("listing_asked_at", listing.takenAt().toString());
    facts.put("listing_from", listing.from().toString());
    facts.put("listed", listing.orders().size());
    facts.put("looks", search.looks());
    facts.put("counted_listings", search.counted());
    return facts;
  }

  /**
   * The same with what was found, and with what is still missing for a person to decide.
   *
   * @param claimed when the order that is looked for was claimed
   */
  static Map<String, Object> of(
      Listing listing,
      Search search,
      boolean complete,
      List<OrderReport> candidates,
      Instant claimed) {
    Map<String, Object> facts = of(listing, search);
    facts.put("complete", complete);
    facts.put("candidates", candidates(candidates));
    facts.put("needed_listings", AbsenceRule.LISTINGS);
    facts.put("decidable_at", claimed.plus(AbsenceRule.LISTING_LAG).toString());
    facts.put("absence_shown", AbsenceRule.shown(claimed, search, listing.takenAt()));
    return facts;
  }

  /** Orders of the broker's that fit, or one that was chosen. */
  static List<Map<String, Object>> candidates(List<OrderReport> candidates) {
    return candidates.stream().limit(CANDIDATES_MAX).map(SearchFacts::candidate).toList();
  }

  /** One order as the broker shows it. */
  static Map<String, Object> candidate(OrderReport report) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("broker_order_id", report.id());
    shown.put("status", report.status().name().toLowerCase(java.util.Locale.ROOT));
    shown.put("says", report.fingerprint().text());
    if (report.enteredAt() != null) {
      shown.put("entered_at", report.enteredAt().toString());
    }
    shown.put("filled_quantity", report.filledQuantity());
    if (report.incompleteSince() != null) {
      shown.put("executions_missing", true);
    }
    return shown;
  }
}
