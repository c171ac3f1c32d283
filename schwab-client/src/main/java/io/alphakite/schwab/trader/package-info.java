/** Schwab's trader calls: accounts, preferences and orders. */
@NullMarked
package io.alphakite.schwab.trader;

import org.jspecify.annotations.NullMarked;
