package io.alphakite.gateway.gaps;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An interval in which a ticker's stream was not proven complete.
 *
 * @param from market time
 * @param to market time; null while it lasts
 * @param cause {@code disconnect}, {@code mute}, {@code restart}, {@code start}, {@code
 *     spill_overflow}, {@code volume_mismatch} or another
 * @param state {@code open}, {@code repaired} or {@code unavailable}
 * @param openedAt wall time
 * @param closedAt wall time; null while open
 * @param attempts times the price history was asked
 * @param candles one-minute candles put in
 * @param volume of these, in shares
 * @param sma9Before the newest value before the candles; null where there was none
 * @param sma9After with them
 * @param vwapBefore likewise
 * @param vwapAfter likewise
 * @param note in words
 */
record GapView(
    UUID id,
    String ticker,
    Instant from,
    @Nullable Instant to,
    String cause,
    String state,
    Instant openedAt,
    @Nullable Instant closedAt,
    int attempts,
    int candles,
    long volume,
    @Nullable BigDecimal sma9Before,
    @Nullable BigDecimal sma9After,
    @Nullable BigDecimal vwapBefore,
    @Nullable BigDecimal vwapAfter,
    String note) {}
