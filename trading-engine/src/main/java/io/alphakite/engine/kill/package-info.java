/** The kill switch: cancel what works, close what is held when asked to. */
@NullMarked
package io.alphakite.engine.kill;

import org.jspecify.annotations.NullMarked;
