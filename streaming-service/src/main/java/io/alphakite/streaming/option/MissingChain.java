package io.alphakite.streaming.option;

import java.time.Instant;

/**
 * An underlying without a chain, or without a new one.
 *
 * @param since market time of the first try that failed
 */
public record MissingChain(Instant since, String reason) {}
