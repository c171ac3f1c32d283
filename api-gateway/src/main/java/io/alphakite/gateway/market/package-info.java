/** Market data as stored: prices, bars, quotes, option chains, signals. */
@NullMarked
package io.alphakite.gateway.market;

import org.jspecify.annotations.NullMarked;
