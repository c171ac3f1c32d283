package io.alphakite.engine.order;

import io.alphakite.engine.risk.Origin;
import io.alphakite.model.order.OrderTerms;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to place a trade's order, as it is written down.
 *
 * @param attempt 1 for a trade's first; a throttled attempt and a replaced one are followed by
 *     another
 * @param sends how often it was claimed for sending: 0 or 1
 * @param reducing whether it was approved as one that only makes a position smaller
 * @param createdAt wall time
 * @param claimedAt when it was claimed for sending, wall time; null before
 * @param baseline broker order ids that were known in its lane before it was sent
 * @param brokerOrderId null until the broker's id is known
 * @param verified whether the broker's order was read back and says what we sent
 * @param filled units filled so far
 * @param detail why it stands where it stands, for a person
 * @param replaces the attempt whose order this one replaced at the broker, or is to replace; null
 *     for all others
 */
public record OrderIntent(
    UUID id,
    UUID tradeId,
    int attempt,
    Origin origin,
    OrderTerms terms,
    OrderState state,
    int sends,
    boolean reducing,
    Instant createdAt,
    Deadline deadline,
    @Nullable Instant claimedAt,
    Set<String> baseline,
    @Nullable String brokerOrderId,
    boolean verified,
    long filled,
    Search search,
    @Nullable String detail,
    @Nullable UUID replaces) {

  public OrderIntent {
    baseline = Set.copyOf(baseline);
    if (sends < 0 || sends > 1) {
      throw new IllegalArgumentException("An order is sent at most once");
    }
  }

  /** A trade's first attempt, just written down. */
  public static OrderIntent first(
      UUID id, UUID tradeId, Origin origin, OrderTerms terms, Instant now, Deadline deadline) {
    return new OrderIntent(
        id,
        tradeId,
        1,
        origin,
        terms,
        OrderState.NEW,
        0,
        false,
        now,
        deadline,
        null,
        Set.of(),
        null,
        false,
        0,
        Search.NONE,
        null,
        null);
  }

  /**
   * An order placed elsewhere, found at the broker.
   *
   * @param entered by the broker's clock
   */
  public static OrderIntent adopted(
      UUID id, UUID tradeId, OrderTerms terms, String brokerOrderId, Instant entered) {
    return new OrderIntent(
        id,
        tradeId,
        1,
        Origin.EXTERNAL,
        terms,
        OrderState.ACKED,
        0,
        false,
        entered,
        new Deadline(null, null),
        null,
        Set.of(),
        brokerOrderId,
        true,
        0,
        Search.NONE,
        "placed elsewhere",
        null);
  }

  /**
   * An exit that came to the broker with its entry's order, of a trade of its own.
   *
   * @param entered by the broker's clock
   */
  public static OrderIntent exit(
      UUID id, UUID tradeId, OrderTerms terms, String brokerOrderId, Instant entered) {
    return new OrderIntent(
        id,
        tradeId,
        1,
        Origin.BRACKET,
        terms,
        OrderState.ACKED,
        0,
        true,
        entered,
        new Deadline(null, null),
        null,
        Set.of(),
        brokerOrderId,
        true,
        0,
        Search.NONE,
        null,
        null);
  }

  /** The attempt that follows a throttled one: new, and through all checks again. */
  public OrderIntent again(UUID newId, Instant now) {
    return new OrderIntent(
        newId,
        tradeId,
        attempt + 1,
        origin,
        terms,
        OrderState.NEW,
        0,
        false,
        now,
        deadline,
        null,
        Set.of(),
        null,
        false,
        0,
        Search.NONE,
        null,
        null);
  }

  /**
   * The order that replaced this one at the broker, of the same trade: an order of its own that
   * names this one as its parent.
   *
   * @param order as the broker shows it
   * @param entered by the broker's clock
   */
  public OrderIntent replacedBy(
      UUID newId, int newAttempt, OrderTerms newTerms, String order, Instant entered) {
    return new OrderIntent(
        newId,
        tradeId,
        newAttempt,
        Origin.EXTERNAL,
        newTerms,
        OrderState.ACKED,
        0,
        false,
        entered,
        new Deadline(null, null),
        null,
        Set.of(),
        order,
        true,
        0,
        Search.NONE,
        "replaces order " + brokerOrderId,
        id);
  }

  /**
   * The attempt to put another order in this one's place, as a person asked: just written down, and
   * through all checks.
   */
  public OrderIntent change(
      UUID newId, int newAttempt, OrderTerms newTerms, Instant now, Deadline until) {
    return new OrderIntent(
        newId,
        tradeId,
        newAttempt,
        Origin.PERSON,
        newTerms,
        OrderState.NEW,
        0,
        false,
        now,
        until,
        null,
        Set.of(),
        null,
        false,
        0,
        Search.NONE,
        null,
        id);
  }

  /** Whether we send it to take another order's place. */
  public boolean isChange() {
    return replaces != null && origin != Origin.EXTERNAL;
  }

  /** Account, symbol and side: in a lane at most one order of unknown fate may exist. */
  public String lane() {
    return terms.symbol() + ' ' + (terms.side().isBuy() ? "buy" : "sell");
  }

  /** What may still fill. */
  public long leaves() {
    return state.isOpen() ? terms.quantity() - filled : 0;
  }

  /**
   * In another state.
   *
   * @throws IllegalStateException when that state cannot follow
   */
  public OrderIntent to(OrderState next, @Nullable String why) {
    if (next != state && !state.next().contains(next)) {
      throw new IllegalStateException("Order " + id + " cannot go from " + state + " to " + next);
    }
    return new OrderIntent(
        id,
        tradeId,
        attempt,
        origin,
        terms,
        next,
        sends,
        reducing,
        createdAt,
        deadline,
        claimedAt,
        baseline,
        brokerOrderId,
        verified,
        filled,
        search,
        why,
        replaces);
  }

  /** Approved. */
  public OrderIntent approved(boolean onlyReducing, Set<String> known) {
    OrderIntent approved = to(OrderState.APPROVED, null);
    return new OrderIntent(
        id,
        tradeId,
        attempt,
        origin,
        terms,
        approved.state,
        sends,
        onlyReducing,
        createdAt,
        deadline,
        claimedAt,
        known,
        brokerOrderId,
        verified,
        filled,
        search,
        null,
        replaces);
  }

  /**
   * Claimed for its one sending.
   *
   * @param onlyReducing as the claim's own checks found it
   */
  public OrderIntent claimed(boolean onlyReducing, Instant now) {
    OrderIntent claimed = to(OrderState.SENDING, null);
    return new OrderIntent(
        id,
        tradeId,
        attempt,
        origin,
        terms,
        claimed.state,
        sends + 1,
        onlyReducing,
        createdAt,
        deadline,
        now,
        baseline,
        brokerOrderId,
        verified,
        filled,
        search,
        null,
        replaces);
  }

  /** Known to the broker under this id. */
  public OrderIntent bound(String orderId, boolean provenContent, @Nullable String why) {
    OrderIntent acked = to(OrderState.ACKED, why);
    return new OrderIntent(
        id,
        tradeId,
        attempt,
        origin,
        terms,
        acked.state,
        sends,
        reducing,
        createdAt,
        deadline,
        claimedAt,
        baseline,
        orderId,
        provenContent,
        filled,
        search.ended(),
        why,
        replaces);
  }

  /** The id was another order's: to be searched for by its content. */
  public OrderIntent unbound(Instant now, String why) {
    OrderIntent unknown = to(OrderState.UNKNOWN, why);
    return new OrderIntent(
        id,
        tradeId,
        attempt,
        origin,
        terms,
        unknown.state,
        sends,
        reducing,
        createdAt,
        deadline,
        claimedAt,
        baseline,
        null,
        false,
        filled,
        Search.begin(now),
        why,
        replaces);
  }

  /** Read back and found to say what was sent. */
  public OrderIntent proven() {
    return new OrderIntent(
        id,
        tradeId,
        attempt,
        origin,
        terms,
        state,
        sends,
        reducing,
        createdAt,
        deadline,
        claimedAt,
        baseline,
        brokerOrderId,
        true,
        filled,
        search,
        detail,
        replaces);
  }

  /** With another search. */
  public OrderIntent searching(Search other) {
    return new OrderIntent(
        id,
        tradeId,
        attempt,
        origin,
        terms,
        state,
        sends,
        reducing,
        createdAt,
        deadline,
        claimedAt,
        baseline,
        brokerOrderId,
        verified,
        filled,
        other,
        detail,
        replaces);
  }

  /** With more filled. The sum never falls. */
  public OrderIntent filledTo(long quantity) {
    if (quantity < filled) {
      throw new IllegalStateException("Order " + id + ": fills fell from " + filled);
    }
    return new OrderIntent(
        id,
        tradeId,
        attempt,
        origin,
        terms,
        state,
        sends,
        reducing,
        createdAt,
        deadline,
        claimedAt,
        baseline,
        brokerOrderId,
        verified,
        quantity,
        search,
        detail,
        replaces);
  }
}
