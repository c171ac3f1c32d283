/** Settings from environment variables, checked at start. */
@NullMarked
package io.alphakite.platform.settings;

import org.jspecify.annotations.NullMarked;
