/** The trading controls as an entity, to be looked at. */
@NullMarked
package io.alphakite.engine.control.jpa;

import org.jspecify.annotations.NullMarked;
