/** {@code ./kite tickers}: what is streamed, changed from a terminal. */
@NullMarked
package io.alphakite.suite.tickers;

import org.jspecify.annotations.NullMarked;
