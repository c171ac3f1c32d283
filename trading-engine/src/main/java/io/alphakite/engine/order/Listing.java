package io.alphakite.engine.order;

import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A complete answer to "which orders are there".
 *
 * @param from orders entered before that are not in it
 * @param takenAt wall time at which it was asked for
 * @param takenNanos the same by the monotonic clock
 */
record Listing(Instant from, Instant takenAt, long takenNanos, List<OrderReport> orders) {

  /** The ids of the orders that say this. */
  Set<String> idsOf(Fingerprint fingerprint) {
    return orders.stream()
        .filter(report -> report.fingerprint().equals(fingerprint))
        .map(OrderReport::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The ids of all. */
  Set<String> ids() {
    return orders.stream().map(OrderReport::id).collect(Collectors.toUnmodifiableSet());
  }
}
