package io.alphakite.model.market;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The national best bid and offer of one ticker with its last trade, as the feed last told them.
 *
 * <p>A side that nobody quotes, and what the feed has not told yet, is null: never 0 or -1.
 *
 * @param bidSize shares
 * @param askSize shares
 * @param quoteTime the venue's time of the bid and ask
 * @param tradeTime the venue's time of the last trade
 */
public record Quote(
    Ticker ticker,
    @Nullable Price bid,
    @Nullable Price ask,
    @Nullable Long bidSize,
    @Nullable Long askSize,
    @Nullable Price last,
    @Nullable Instant quoteTime,
    @Nullable Instant tradeTime) {}
