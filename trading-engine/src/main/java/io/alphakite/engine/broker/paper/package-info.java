/** A broker inside the engine that fills against the live quotes. */
@NullMarked
package io.alphakite.engine.broker.paper;

import org.jspecify.annotations.NullMarked;
