/** What a feed says and no market: kept out of rows and quotes, with its reason. */
@NullMarked
package io.alphakite.streaming.quarantine;

import org.jspecify.annotations.NullMarked;
