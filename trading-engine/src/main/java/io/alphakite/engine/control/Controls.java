package io.alphakite.engine.control;

import org.jspecify.annotations.Nullable;

/**
 * What the switches say now.
 *
 * @param armed whether, in live mode, anything risk-increasing may be sent
 * @param autoTradingQuantity shares per entry of the strategy
 * @param stateReason why trading is limited, as a person or the engine wrote it
 */
public record Controls(
    TradingMode mode,
    boolean armed,
    boolean autoTrading,
    long autoTradingQuantity,
    TradingState state,
    @Nullable String stateReason) {

  /** Whether the switches let an order out that adds risk. */
  public boolean allowRisk() {
    return state == TradingState.ACTIVE && (mode == TradingMode.PAPER || armed);
  }
}
