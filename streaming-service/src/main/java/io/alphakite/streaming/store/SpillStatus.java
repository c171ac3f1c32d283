package io.alphakite.streaming.store;

import org.jspecify.annotations.Nullable;

/**
 * What waits on disk, and what became of writes that could not be made.
 *
 * @param bytes in files now
 * @param maxBytes that may be; 0 when files are not used
 * @param segments files now
 * @param spilled batches written to files since the start
 * @param drained batches written from files to the database since the start
 * @param droppedQuotes quotes left out because the files were nearly full or could not be written;
 *     newer ones follow
 * @param tornBytes of batches that were not yet written whole when an earlier process died
 * @param damagedBytes that could not be read back
 * @param refused single items that the tables would not take, set aside
 * @param unexpected failures of our own, counted and got over
 * @param problem why nothing more can be written to files; null when it can
 */
public record SpillStatus(
    long bytes,
    long maxBytes,
    int segments,
    long spilled,
    long drained,
    long droppedQuotes,
    long tornBytes,
    long damagedBytes,
    long refused,
    long unexpected,
    @Nullable String problem) {}
