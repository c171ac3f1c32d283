package io.alphakite.schwab.trader;

/** An order that stands by itself ({@code orderStrategyType} SINGLE). */
public sealed interface SingleOrder extends OrderRequest, FirstTriggers.Child
    permits SingleLegOrder, VerticalOrder, OneCancelsOther.Child {}
