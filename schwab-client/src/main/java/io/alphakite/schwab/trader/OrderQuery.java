package io.alphakite.schwab.trader;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which orders are listed: those <em>entered</em> in a span of time. An order good till cancelled
 * that was entered before it is missed, even if it filled within.
 *
 * @param maxResults 1 to 3000
 * @param status only orders in this status; null for all
 */
public record OrderQuery(
    Instant from, Instant to, int maxResults, @Nullable BrokerOrderStatus status) {

  /** Schwab's default and limit: a listing of this length may lack something. */
  public static final int RESULTS_MAX = 3_000;

  /**
   * The longest span Schwab describes. Users report 60 days as what works, and over all accounts it
   * is the limit.
   */
  public static final Duration SPAN_MAX = Duration.ofDays(365);

  /** The longest span over all accounts. */
  public static final Duration SPAN_MAX_ALL_ACCOUNTS = Duration.ofDays(60);

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when the span is turned round or too long, or the number of
   *     results out of range
   */
  public OrderQuery {
    if (from.isAfter(to) || Duration.between(from, to).compareTo(SPAN_MAX) > 0) {
      throw new IllegalArgumentException(
          "orders are listed from a time to a later one, at most 365 days: %s to %s"
              .formatted(from, to));
    }
    if (maxResults < 1 || maxResults > RESULTS_MAX) {
      throw new IllegalArgumentException("orders are listed 1 to 3000 at a time: " + maxResults);
    }
  }

  /** All orders entered in [from, to]. */
  public static OrderQuery entered(Instant from, Instant to) {
    return new OrderQuery(from, to, RESULTS_MAX, null);
  }

  /** Of those, the ones in this status: Schwab's filter takes one. */
  public OrderQuery in(BrokerOrderStatus only) {
    return new OrderQuery(from, to, maxResults, only);
  }

  /** At most this many of those; Schwab says not which, mostly the newest. */
  public OrderQuery atMost(int results) {
    return new OrderQuery(from, to, results, status);
  }
}
