/**
 * The option market: which contracts are listed on a replayed ticker, and their quotes, priced from
 * the ticker's own replayed quote. {@link io.alphakite.simulator.market.option.OptionMarket} is
 * what the stream, the broker and the web ask.
 */
@NullMarked
package io.alphakite.simulator.market.option;

import org.jspecify.annotations.NullMarked;
