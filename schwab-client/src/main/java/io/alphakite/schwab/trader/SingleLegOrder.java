package io.alphakite.schwab.trader;

/** An order for one instrument. */
public sealed interface SingleLegOrder extends SingleOrder
    permits MarketOrder, LimitOrder, StopOrder, StopLimitOrder, TrailingStopOrder {

  /** What is bought or sold, and how much of it. */
  OrderLeg leg();
}
