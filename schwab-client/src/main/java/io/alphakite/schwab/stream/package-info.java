/** Schwab's streamer: one connection, decoded into events that are pulled. */
@NullMarked
package io.alphakite.schwab.stream;

import org.jspecify.annotations.NullMarked;
