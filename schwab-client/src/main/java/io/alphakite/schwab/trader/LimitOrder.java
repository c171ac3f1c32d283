package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;
import io.alphakite.model.order.AssetType;

/** Filled at the limit or better. The only kind of order that sessions beside the regular take. */
public record LimitOrder(OrderLeg leg, Price limit, OrderSession session, OrderDuration duration)
    implements SingleLegOrder, OneCancelsOther.Child {

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when the price has a step the instrument is not ordered at, or
   *     an option is to be traded outside the regular session
   */
  public LimitOrder {
    PriceRule.check(leg.assetType(), "limit", limit);
    if (leg.assetType() == AssetType.OPTION && session != OrderSession.NORMAL) {
      throw new IllegalArgumentException(
          "options are ordered for the NORMAL session alone, not for " + session);
    }
  }

  /** The same for this session. */
  public LimitOrder in(OrderSession other) {
    return new LimitOrder(leg, limit, other, duration);
  }

  /** The same, standing this long. */
  public LimitOrder lasting(OrderDuration other) {
    return new LimitOrder(leg, limit, session, other);
  }

  /** The same, standing until it is canceled. */
  public LimitOrder goodTillCancel() {
    return lasting(OrderDuration.Resting.GOOD_TILL_CANCEL);
  }
}
