/** {@code ./kite halt} and {@code ./kite resume}: need neither the database nor the engine. */
@NullMarked
package io.alphakite.suite.halt;

import org.jspecify.annotations.NullMarked;
