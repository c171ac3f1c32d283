/** Which tickers are streamed: a person's wishes, and how each stands. */
@NullMarked
package io.alphakite.gateway.tickers;

import org.jspecify.annotations.NullMarked;
