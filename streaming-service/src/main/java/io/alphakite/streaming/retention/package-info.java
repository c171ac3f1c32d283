/** How long market data stays: partitions made ahead, announced, exported and dropped. */
@NullMarked
package io.alphakite.streaming.retention;

import org.jspecify.annotations.NullMarked;
