package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;

/** Becomes a market order when the market reaches the stop price. Regular session only. */
public record StopOrder(OrderLeg leg, Price stop, OrderDuration.Resting duration)
    implements SingleLegOrder, OneCancelsOther.Child {

  public StopOrder {
    PriceRule.check(leg.assetType(), "stop", stop);
  }

  /** The same, standing this long. */
  public StopOrder lasting(OrderDuration.Resting other) {
    return new StopOrder(leg, stop, other);
  }

  /** The same, standing until it is canceled. */
  public StopOrder goodTillCancel() {
    return lasting(OrderDuration.Resting.GOOD_TILL_CANCEL);
  }
}
