/** Which tickers are streamed, as people and the setting want it. */
@NullMarked
package io.alphakite.streaming.wanted;

import org.jspecify.annotations.NullMarked;
