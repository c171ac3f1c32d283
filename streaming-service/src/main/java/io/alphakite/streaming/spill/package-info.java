/**
 * A queue of records in files, for what the database cannot take now: checksummed, capped, and read
 * back after a crash. It knows nothing of what the records hold.
 */
@NullMarked
package io.alphakite.streaming.spill;

import org.jspecify.annotations.NullMarked;
