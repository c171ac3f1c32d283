package io.alphakite.streaming.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the writing goes.
 *
 * @param flushes written since the start
 * @param rows written since the start, each flush's rows counted
 * @param failures since the start
 * @param failing what the database said when the last try failed; null when it succeeded
 * @param failingFor since the first of the failures in a row
 * @param last how long the last flush took
 */
public record FlushStatus(
    long flushes,
    long rows,
    long failures,
    @Nullable String failing,
    Duration failingFor,
    Duration last) {}
