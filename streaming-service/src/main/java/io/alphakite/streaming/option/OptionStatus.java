package io.alphakite.streaming.option;

import io.alphakite.model.market.Ticker;
import java.util.Map;

/**
 * How the streaming of options goes.
 *
 * @param contracts wanted of Schwab now
 * @param underlyings that have any of them
 * @param missing underlyings without a chain, or without a new one
 * @param beyondLimit contracts left out because there is no room for more
 * @param refused contracts that Schwab does not stream on this connection
 * @param chainRequests chains asked for since the start
 */
public record OptionStatus(
    int contracts,
    long underlyings,
    Map<Ticker, MissingChain> missing,
    int beyondLimit,
    int refused,
    long chainRequests,
    OptionCounts counts) {}
