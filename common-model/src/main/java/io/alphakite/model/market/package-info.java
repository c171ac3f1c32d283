/** What is traded and what it costs: tickers, exact prices, bars, quotes, option symbols. */
@NullMarked
package io.alphakite.model.market;

import org.jspecify.annotations.NullMarked;
