package io.alphakite.schwab.trader;

/** Filled at whatever the market gives. It has no price, no other session and no other duration. */
public record MarketOrder(OrderLeg leg) implements SingleLegOrder {}
