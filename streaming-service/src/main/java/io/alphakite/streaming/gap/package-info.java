/**
 * The gap ledger: every interval in which the stream was not proven complete, and what was done
 * about it.
 */
@NullMarked
package io.alphakite.streaming.gap;

import org.jspecify.annotations.NullMarked;
