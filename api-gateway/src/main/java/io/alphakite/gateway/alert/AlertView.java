package io.alphakite.gateway.alert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An alarm.
 *
 * @param at when it was raised, wall time
 * @param severity {@code info}, {@code warning} or {@code critical}
 * @param ticker null when it is about no single one
 * @param hint what to do; null when there is nothing
 * @param clearedAt null while its cause lasts
 */
public record AlertView(
    long id,
    Instant at,
    String service,
    String code,
    String severity,
    @Nullable String ticker,
    String message,
    @Nullable String hint,
    @Nullable Instant clearedAt) {}
