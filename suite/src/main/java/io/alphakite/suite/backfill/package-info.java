/** {@code ./kite backfill}: minutes that the stream missed on past days, and what they change. */
@NullMarked
package io.alphakite.suite.backfill;

import org.jspecify.annotations.NullMarked;
