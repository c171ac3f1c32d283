package io.alphakite.streaming.store;

import java.util.UUID;

/**
 * Where a drained batch comes from: written in its transaction, so that it is written once.
 *
 * @param batches of the segment that are in the tables after it
 */
record SpillProgress(UUID segment, long batches) {}
