/** Charles Schwab's API as values. {@link io.alphakite.schwab.SchwabApi} is the door. */
@NullMarked
package io.alphakite.schwab;

import org.jspecify.annotations.NullMarked;
