package io.alphakite.streaming.quarantine;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The first message of a spell in which a ticker said something that is not believed.
 *
 * @param at its trade time, or its quote time for {@link Reason#CROSSED}; else when it came
 * @param volume the day's volume it told
 * @param before the last price believed
 */
public record Quarantined(
    Ticker ticker,
    Instant at,
    Instant receivedAt,
    Reason reason,
    @Nullable Price last,
    @Nullable Price bid,
    @Nullable Price ask,
    @Nullable Long volume,
    @Nullable Price before) {}
