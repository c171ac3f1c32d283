/** Crossovers of the finished seconds, each second looked at once. */
@NullMarked
package io.alphakite.engine.signal;

import org.jspecify.annotations.NullMarked;
