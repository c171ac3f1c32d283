/** What waits to be written, and its writing: rows, quotes, account events and ticker states. */
@NullMarked
package io.alphakite.streaming.store;

import org.jspecify.annotations.NullMarked;
