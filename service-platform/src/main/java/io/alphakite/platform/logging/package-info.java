/** One JSON object a line, or text on a terminal. */
@NullMarked
package io.alphakite.platform.logging;

import org.jspecify.annotations.NullMarked;
