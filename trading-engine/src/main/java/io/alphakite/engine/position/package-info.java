/** What the fills add up to: positions in FIFO lots, profit and loss by market date. */
@NullMarked
package io.alphakite.engine.position;

import org.jspecify.annotations.NullMarked;
