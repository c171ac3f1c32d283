/** A service with nothing of its own. */
@NullMarked
package io.alphakite.platform.probe;

import org.jspecify.annotations.NullMarked;
