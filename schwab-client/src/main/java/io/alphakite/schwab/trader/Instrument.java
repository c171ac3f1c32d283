package io.alphakite.schwab.trader;

import org.jspecify.annotations.Nullable;

/**
 * What is held or traded, as Schwab describes it.
 *
 * @param assetType EQUITY, OPTION, COLLECTIVE_INVESTMENT (funds such as QQQ), CASH_EQUIVALENT,
 *     CURRENCY and others
 * @param symbol a ticker, the 21 characters of an option, or {@code CURRENCY_USD}
 * @param type a finer kind, such as EXCHANGE_TRADED_FUND, VANILLA or SWEEP_VEHICLE
 * @param putCall of an option
 * @param underlyingSymbol of an option
 */
public record Instrument(
    String assetType,
    String symbol,
    @Nullable String cusip,
    @Nullable String description,
    @Nullable String type,
    @Nullable String putCall,
    @Nullable String underlyingSymbol,
    @Nullable Long instrumentId) {}
