/** {@code ./kite journal}: whether the journal of orders holds. */
@NullMarked
package io.alphakite.suite.journal;

import org.jspecify.annotations.NullMarked;
