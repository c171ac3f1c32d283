package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;
import io.alphakite.model.order.AssetType;

/**
 * A vertical spread at a net price. Regular session only.
 *
 * @param net whether the price is paid or received
 * @param price dollars per unit of the underlying, for both legs together
 */
public record VerticalOrder(Vertical spread, Net net, Price price, OrderDuration duration)
    implements SingleOrder, OneCancelsOther.Child {

  /** Whether a net price is paid or received. */
  public enum Net {
    DEBIT,
    CREDIT
  }

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when the price is not in whole cents or goes the wrong way: a
   *     debit for what is worth a credit would be filled at once, as a gift
   */
  public VerticalOrder {
    PriceRule.check(AssetType.OPTION, "net price", price);
    if (spread.buysTheDearer() != (net == Net.DEBIT)) {
      throw new IllegalArgumentException(
          net == Net.DEBIT
              ? "buying the cheaper option of a vertical is done for a net credit"
              : "buying the dearer option of a vertical is done for a net debit");
    }
  }

  /** The same, standing this long. */
  public VerticalOrder lasting(OrderDuration other) {
    return new VerticalOrder(spread, net, price, other);
  }

  /** The same, standing until it is canceled. */
  public VerticalOrder goodTillCancel() {
    return lasting(OrderDuration.Resting.GOOD_TILL_CANCEL);
  }
}
