package io.alphakite.engine.control;

/**
 * {@code TRADING_MODE}, {@code TRADING_ARMED}, {@code AUTO_TRADING} and {@code
 * AUTO_TRADING_QUANTITY}.
 *
 * @param armed whether to arm at the start, which only a simulator lets happen
 */
public record TradingSettings(
    TradingMode mode, boolean armed, boolean autoTrading, long autoTradingQuantity) {}
