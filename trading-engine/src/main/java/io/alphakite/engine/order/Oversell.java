package io.alphakite.engine.order;

import io.alphakite.engine.risk.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Orders of ours that work at the broker and together close more than is held: what is not held
 * they would open in the other direction. Of an entry's exits only one closes, and nothing of what
 * the entry has still to fill; of a trade whose order is being changed only one order counts, since
 * both being open is said by itself. Orders placed elsewhere are left out: of two of them one may
 * cancel the other.
 *
 * @param orders of the lane that close, oldest first
 * @param closing units they may close
 * @param held units there are to close
 */
record Oversell(List<OrderIntent> orders, long closing, long held) {

  Oversell {
    orders = List.copyOf(orders);
  }

  /**
   * Those there are, by their lanes.
   *
   * @param working the attempts at the broker
   */
  static Map<String, Oversell> of(
      Ledger ledger, List<WatchedBracket> brackets, List<OrderIntent> working) {
    Map<String, Map<UUID, Long>> closing = new HashMap<>();
    for (WatchedBracket bracket : brackets) {
      bracket.exits().values().stream()
          .map(OrderIntent::lane)
          .findFirst()
          .ifPresent(lane -> count(closing, lane, bracket.entry().id(), bracket.closing()));
    }
    Map<String, List<OrderIntent>> orders = new LinkedHashMap<>();
    for (OrderIntent order : working) {
      if (!order.terms().side().isOpening()) {
        Origin origin = ledger.attempts(order.tradeId()).getFirst().origin();
        if (origin != Origin.EXTERNAL) {
          orders.computeIfAbsent(order.lane(), _ -> new ArrayList<>()).add(order);
        }
        if (origin != Origin.EXTERNAL && origin != Origin.BRACKET) {
          count(closing, order.lane(), order.tradeId(), order.leaves());
        }
      }
    }
    Map<String, Oversell> found = new LinkedHashMap<>();
    orders.forEach(
        (lane, all) -> {
          long sum = closing.getOrDefault(lane, Map.of()).values().stream().mapToLong(n -> n).sum();
          if (sum > 0) {
            OrderIntent one = all.getFirst();
            long position = ledger.position(one.terms());
            long held = Math.max(0, one.terms().side().isBuy() ? -position : position);
            if (sum > held) {
              found.put(lane, new Oversell(all, sum, held));
            }
          }
        });
    return found;
  }

  private static void count(
      Map<String, Map<UUID, Long>> closing, String lane, UUID group, long units) {
    closing.computeIfAbsent(lane, _ -> new HashMap<>()).merge(group, units, Math::max);
  }

  /** The order that says it for all of them: the one that does already, or else the newest. */
  OrderIntent teller() {
    return orders.stream()
        .filter(Oversell::tells)
        .findFirst()
        .orElseGet(
            () ->
                orders.reversed().stream()
                    .filter(order -> !Reconciler.BOTH_OPEN.equals(order.detail()))
                    .findFirst()
                    .orElse(orders.getLast()));
  }

  static boolean tells(OrderIntent order) {
    return order.detail() != null && order.detail().startsWith(BracketWatch.OVERSELLS);
  }

  /** What its teller says of itself. */
  String text() {
    OrderIntent one = orders.getFirst();
    return BracketWatch.OVERSELLS
        + "Working orders would "
        + (one.terms().side().isBuy() ? "buy back " : "sell ")
        + closing
        + ' '
        + one.terms().symbol()
        + " where "
        + held
        + (one.terms().side().isBuy() ? " are short" : " are held");
  }
}
