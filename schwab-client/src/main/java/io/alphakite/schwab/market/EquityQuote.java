package io.alphakite.schwab.market;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One symbol's answer to {@code GET /quotes}. Blocks and fields may be missing at any time of day,
 * so everything may be null; prices are rounded half-up to four decimals, sizes are shares.
 *
 * @param totalVolume of the day, pre- and post-market included
 * @param realtime false when the feed is delayed; null when Schwab does not say
 * @param securityStatus {@code Normal}, {@code Halted}, {@code Closed} and what else may come
 */
public record EquityQuote(
    Ticker ticker,
    @Nullable Price bid,
    @Nullable Price ask,
    @Nullable Price last,
    @Nullable Long bidSize,
    @Nullable Long askSize,
    @Nullable Long lastSize,
    @Nullable Long totalVolume,
    @Nullable Price previousClose,
    @Nullable Instant quoteTime,
    @Nullable Instant tradeTime,
    @Nullable Boolean realtime,
    @Nullable String securityStatus) {}
