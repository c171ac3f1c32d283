package io.alphakite.engine.order;

import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A complete answer to "which orders are there".
 *
 * @param from orders entered before that are not in it
 * @param takenAt wall time at which it was asked for
 * @param takenNanos the same by the monotonic clock
 * @param saying the ids of the orders by what they say: each order to be sent asks for those that
 *     say the same, and has no time to look through all
 */
record Listing(
    Instant from,
    Instant takenAt,
    long takenNanos,
    List<OrderReport> orders,
    Map<Fingerprint, Set<String>> saying) {

  static Listing of(Instant from, Instant takenAt, long takenNanos, List<OrderReport> orders) {
    return new Listing(
        from,
        takenAt,
        takenNanos,
        orders,
        orders.stream()
            .collect(
                Collectors.groupingBy(
                    OrderReport::fingerprint,
                    Collectors.mapping(OrderReport::id, Collectors.toUnmodifiableSet()))));
  }

  /** The ids of the orders that say this. */
  Set<String> idsOf(Fingerprint fingerprint) {
    return saying.getOrDefault(fingerprint, Set.of());
  }

  /** The ids of all. */
  Set<String> ids() {
    return orders.stream().map(OrderReport::id).collect(Collectors.toUnmodifiableSet());
  }
}
