package io.alphakite.engine.broker;

import io.alphakite.model.order.OrderTerms;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order as the broker shows it.
 *
 * @param reason why it was rejected or ended, in the broker's words
 * @param fingerprint of what it says; compared with what we sent
 * @param terms what it says, when that is something we could have said; null for multi-leg orders,
 *     fractions and types we do not know
 * @param enteredAt by the broker's clock; null when it does not say
 * @param executions real fills only, cumulative on every read
 * @param incompleteSince when it ended, where the broker counts more or less as filled than it
 *     lists executions; null while it is open and where all are listed
 * @param parent the id of the order that it hangs on; null for one that hangs on none, and where
 *     the broker was asked for it alone
 * @param children the orders that hang on it, or on its one-cancels-other: each is also listed by
 *     itself
 */
public record OrderReport(
    String id,
    Status status,
    @Nullable String reason,
    Fingerprint fingerprint,
    @Nullable OrderTerms terms,
    @Nullable Instant enteredAt,
    List<Execution> executions,
    @Nullable Instant incompleteSince,
    @Nullable String parent,
    List<OrderReport> children) {

  public OrderReport {
    executions = List.copyOf(executions);
    children = List.copyOf(children);
  }

  /** One whose executions are all listed, that hangs on none and on which none hangs. */
  public OrderReport(
      String id,
      Status status,
      @Nullable String reason,
      Fingerprint fingerprint,
      @Nullable OrderTerms terms,
      @Nullable Instant enteredAt,
      List<Execution> executions) {
    this(id, status, reason, fingerprint, terms, enteredAt, executions, null, null, List.of());
  }

  /** Where the order stands. Any status we do not know counts as open. */
  public enum Status {
    OPEN,
    /** Open, and may still fill, while another order takes its place. */
    REPLACING,
    FILLED,
    CANCELED,
    REJECTED,
    EXPIRED,
    /** Superseded by another order of the broker's. */
    REPLACED
  }

  /** Whether it may still fill. */
  public boolean isOpen() {
    return status == Status.OPEN || status == Status.REPLACING;
  }

  /** The sum of the executions. */
  public long filledQuantity() {
    return executions.stream().mapToLong(Execution::quantity).sum();
  }
}
