/**
 * The core: level-one updates of one ticker in, rows out. Plain Java; no Spring, JDBC, JSON or
 * clock.
 */
@NullMarked
package io.alphakite.streaming.feed;

import org.jspecify.annotations.NullMarked;
