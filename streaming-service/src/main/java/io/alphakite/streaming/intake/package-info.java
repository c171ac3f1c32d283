/** The one thread that takes from the stream and owns the feeds. */
@NullMarked
package io.alphakite.streaming.intake;

import org.jspecify.annotations.NullMarked;
