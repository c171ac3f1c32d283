/** Schwab's market data calls. */
@NullMarked
package io.alphakite.schwab.market;

import org.jspecify.annotations.NullMarked;
