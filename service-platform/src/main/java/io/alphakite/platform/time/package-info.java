/** Market time. */
@NullMarked
package io.alphakite.platform.time;

import org.jspecify.annotations.NullMarked;
