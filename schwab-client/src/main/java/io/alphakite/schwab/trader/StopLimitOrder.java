package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;

/** Becomes a limit order when the market reaches the stop price. Regular session only. */
public record StopLimitOrder(OrderLeg leg, Price stop, Price limit, OrderDuration.Resting duration)
    implements SingleLegOrder, OneCancelsOther.Child {

  public StopLimitOrder {
    PriceRule.check(leg.assetType(), "stop", stop);
    PriceRule.check(leg.assetType(), "limit", limit);
  }

  /** The same, standing this long. */
  public StopLimitOrder lasting(OrderDuration.Resting other) {
    return new StopLimitOrder(leg, stop, limit, other);
  }

  /** The same, standing until it is canceled. */
  public StopLimitOrder goodTillCancel() {
    return lasting(OrderDuration.Resting.GOOD_TILL_CANCEL);
  }
}
