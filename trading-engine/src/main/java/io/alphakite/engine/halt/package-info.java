/** The halt file: stops every order without the database, and outlives the engine. */
@NullMarked
package io.alphakite.engine.halt;

import org.jspecify.annotations.NullMarked;
