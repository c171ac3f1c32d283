package io.alphakite.schwab.trader;

/**
 * A stop that follows the market at a distance and becomes a market order when that turns back.
 * Regular session only.
 *
 * @param basis which market price it follows
 * @param trail how far behind
 */
public record TrailingStopOrder(
    OrderLeg leg, LinkBasis basis, Trail trail, OrderDuration.Resting duration)
    implements SingleLegOrder, OneCancelsOther.Child {

  public TrailingStopOrder {
    switch (trail) {
      case Trail.Value(var distance) -> PriceRule.check(leg.assetType(), "trail", distance);
      case Trail.Percent _ -> {}
    }
  }

  /** The same, standing this long. */
  public TrailingStopOrder lasting(OrderDuration.Resting other) {
    return new TrailingStopOrder(leg, basis, trail, other);
  }

  /** The same, standing until it is canceled. */
  public TrailingStopOrder goodTillCancel() {
    return lasting(OrderDuration.Resting.GOOD_TILL_CANCEL);
  }
}
