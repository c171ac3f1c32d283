/** What was missed while nothing streamed, from Schwab's one-minute price history. */
@NullMarked
package io.alphakite.streaming.history;

import org.jspecify.annotations.NullMarked;
