package io.alphakite.engine.order;

import io.alphakite.engine.risk.Origin;
import io.alphakite.model.market.Price;
import io.alphakite.model.order.OrderTerms;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What becomes of a change, as the trade's attempts stand. */
public sealed interface ChangePlan {

  /** An order to be put in another's place. */
  record Replace(OrderIntent standing, OrderTerms terms, int attempt) implements ChangePlan {}

  /** Nothing, and why. */
  record Refuse(String reason) implements ChangePlan {}

  /**
   * Plans a change.
   *
   * @param attempts of the trade, in their order
   * @param cancelRequested whether somebody asked for a cancel of the trade
   */
  static ChangePlan of(OrderChange change, List<OrderIntent> attempts, boolean cancelRequested) {
    List<OrderIntent> open = attempts.stream().filter(each -> each.state().isOpen()).toList();
    if (cancelRequested) {
      return new Refuse("not_working: a cancel was asked for");
    }
    if (open.size() > 1) {
      return new Refuse("change_under_way: another change is not settled yet");
    }
    if (open.isEmpty() || !stands(open.getFirst())) {
      return new Refuse("not_working: the order does not work at the broker");
    }
    OrderIntent standing = open.getFirst();
    if (standing.terms().bracket() != null || attempts.getFirst().origin() == Origin.BRACKET) {
      return new Refuse("bracket: neither an entry with exits nor an exit is changed");
    }
    long filled = attempts.stream().mapToLong(OrderIntent::filled).sum();
    long wanted =
        change.quantity() == null
            ? standing.leaves()
            : Math.subtractExact(change.quantity(), filled);
    if (wanted <= 0) {
      return new Refuse("filled: " + filled + " are filled already");
    }
    try {
      OrderTerms terms = changed(standing.terms(), change, wanted);
      return terms.equals(standing.terms().withQuantity(standing.leaves()))
          ? new Refuse("unchanged: the order already says so")
          : new Replace(standing, terms, attempts.getLast().attempt() + 1);
    } catch (IllegalArgumentException e) {
      return new Refuse("malformed: " + e.getMessage());
    }
  }

  /** The order that a change is about to replace can still be replaced. */
  static boolean stands(OrderIntent order) {
    return (order.state() == OrderState.WORKING || order.state() == OrderState.PARTIAL)
        // Somebody else is replacing it.
        && order.search().nextAt() == null;
  }

  /** The attempt that stands, or may stand, in the order's place. */
  static Optional<OrderIntent> inPlaceOf(OrderIntent order, List<OrderIntent> attempts) {
    return attempts.stream()
        .filter(each -> order.id().equals(each.replaces()) && !each.state().cameToNothing())
        .findFirst();
  }

  /**
   * Whether the attempt stands for its trade instead of the order it replaces, or is to: not while
   * that one is open, and not when nothing came of it.
   */
  static boolean standsIn(OrderIntent attempt, OrderIntent old) {
    if (attempt.state().cameToNothing() || old.state().isOpen()) {
      return false;
    }
    return old.state() == OrderState.CANCELED
        || attempt.filled() > 0
        || (attempt.state().isAtBroker() && attempt.verified());
  }

  /**
   * The order that stands for the trade now: not one in whose place another stands, so that a late
   * fill does not end the trade again, and not an attempt of which nothing came, or that is over
   * without a fill, after one that turned up at the broker after all.
   *
   * @param attempts of the trade
   */
  static OrderIntent standing(List<OrderIntent> attempts) {
    OrderIntent order = attempts.getFirst();
    for (OrderIntent attempt : attempts) {
      boolean next =
          attempt.replaces() == null
              ? order.state().cameToNothing() || !(isOver(attempt) && isOfUse(order))
              : attempt.replaces().equals(order.id()) && standsIn(attempt, order);
      order = next ? attempt : order;
    }
    return order;
  }

  private static boolean isOver(OrderIntent attempt) {
    return !attempt.state().isOpen() && attempt.filled() == 0;
  }

  private static boolean isOfUse(OrderIntent order) {
    return order.state().isOpen() || order.filled() > 0;
  }

  /** Whether the trade's terms are those of its standing order rather than what was asked first. */
  static boolean changedTerms(List<OrderIntent> attempts) {
    return attempts.stream().anyMatch(attempt -> attempt.replaces() != null);
  }

  private static OrderTerms changed(OrderTerms terms, OrderChange change, long quantity) {
    return new OrderTerms(
        terms.ticker(),
        terms.option(),
        terms.side(),
        quantity,
        terms.type(),
        or(change.limitPrice(), terms.limitPrice()),
        or(change.stopPrice(), terms.stopPrice()),
        terms.timeInForce());
  }

  private static @Nullable Price or(@Nullable Price wanted, @Nullable Price now) {
    return wanted == null ? now : wanted;
  }
}
