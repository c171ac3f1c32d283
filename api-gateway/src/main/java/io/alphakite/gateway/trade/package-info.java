/** Trades asked for and what came of them: orders, positions, profit and loss, controls. */
@NullMarked
package io.alphakite.gateway.trade;

import org.jspecify.annotations.NullMarked;
