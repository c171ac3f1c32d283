package io.alphakite.engine.signal;

import io.alphakite.model.market.Price;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The stored values of a second that nothing will change any more.
 *
 * @param second its start
 * @param sma9 null where it does not exist yet
 * @param vwap null where it does not exist yet
 * @param backfilled whether it came from a minute of history and not from the stream
 * @param complete whether no minute that counts in its values was missing
 */
public record FinishedSecond(
    Instant second,
    Price price,
    @Nullable Price sma9,
    @Nullable Price vwap,
    boolean backfilled,
    boolean complete) {}
