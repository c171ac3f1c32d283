package io.alphakite.model.order;

import io.alphakite.model.market.Price;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The exits that an entry brings with it: the broker holds them until the entry has filled, and the
 * first of two that trades takes the other out. They close what the entry opens and stand until
 * canceled.
 *
 * @param takeProfit limit at which the profit is taken; null for none
 * @param stopLoss stop at which the loss is taken; null for none
 * @param stopLimit makes the stop a stop-limit; null for a plain stop
 */
public record Bracket(
    @Nullable Price takeProfit, @Nullable Price stopLoss, @Nullable Price stopLimit) {

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when there is no exit, a stop limit without its stop, or a
   *     price not above 0
   */
  public Bracket {
    if (takeProfit == null && stopLoss == null) {
      throw new IllegalArgumentException("a bracket has a take_profit, a stop_loss or both");
    }
    if (stopLimit != null && stopLoss == null) {
      throw new IllegalArgumentException("a bracket's stop_limit needs a stop_loss");
    }
    Stream.of(
            new Named("take_profit", takeProfit),
            new Named("stop_loss", stopLoss),
            new Named("stop_limit", stopLimit))
        .forEach(Named::requireAboveZero);
  }

  private record Named(String name, @Nullable Price price) {
    void requireAboveZero() {
      if (price != null && price.e4() <= 0) {
        throw new IllegalArgumentException("a bracket's " + name + " is above 0");
      }
    }

    /** Passes where it is further up than the other, or down; a price that is not there fits. */
    void requireBeyond(boolean up, Named other) {
      if (price == null || other.price == null) {
        return;
      }
      int order = price.compareTo(other.price);
      if (up ? order <= 0 : order >= 0) {
        throw new IllegalArgumentException(
            "the bracket's %s %s is not %s the %s %s"
                .formatted(name, price, up ? "above" : "below", other.name, other.price));
      }
    }
  }

  /**
   * Passes where the exits are on the right sides of each other and of the entry's own prices.
   *
   * @param entry what opens the position
   * @param limit the entry's; null where it has none, as its stop
   * @throws IllegalArgumentException naming the prices that do not fit, or that nothing is opened
   */
  public void requireFitting(Side entry, @Nullable Price limit, @Nullable Price stop) {
    if (!entry.isOpening()) {
      throw new IllegalArgumentException(
          "a bracket belongs to an order that opens a position; " + entry.wire() + " closes one");
    }
    boolean up = entry.isBuy();
    Named profit = new Named("take_profit", takeProfit);
    Named loss = new Named("stop_loss", stopLoss);
    profit.requireBeyond(up, loss);
    for (Named own : List.of(new Named("limit_price", limit), new Named("stop_price", stop))) {
      profit.requireBeyond(up, own);
      loss.requireBeyond(!up, own);
    }
    if (stopLimit != null
        && stopLoss != null
        && (up ? stopLimit.compareTo(stopLoss) > 0 : stopLimit.compareTo(stopLoss) < 0)) {
      throw new IllegalArgumentException(
          "the bracket's stop_limit %s is not %s the stop_loss %s"
              .formatted(stopLimit, up ? "at or below" : "at or above", stopLoss));
    }
  }

  /** The exits there are, profit first. */
  public List<ExitRole> roles() {
    return Stream.of(ExitRole.values())
        .filter(role -> (role == ExitRole.TAKE_PROFIT ? takeProfit : stopLoss) != null)
        .toList();
  }

  /** What each exit says, profit first. */
  Map<ExitRole, OrderTerms> exits(OrderTerms entry) {
    Map<ExitRole, OrderTerms> exits = new EnumMap<>(ExitRole.class);
    if (takeProfit != null) {
      exits.put(ExitRole.TAKE_PROFIT, exit(entry, OrderType.LIMIT, takeProfit, null));
    }
    if (stopLoss != null) {
      OrderType type = stopLimit == null ? OrderType.STOP : OrderType.STOP_LIMIT;
      exits.put(ExitRole.STOP_LOSS, exit(entry, type, stopLimit, stopLoss));
    }
    return exits;
  }

  private static OrderTerms exit(
      OrderTerms entry, OrderType type, @Nullable Price limit, @Nullable Price stop) {
    return new OrderTerms(
        entry.ticker(),
        entry.option(),
        entry.side().closing(),
        entry.quantity(),
        type,
        limit,
        stop,
        TimeInForce.GTC);
  }
}
