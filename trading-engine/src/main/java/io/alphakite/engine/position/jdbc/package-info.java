/** Lots, positions and daily profit in PostgreSQL. */
@NullMarked
package io.alphakite.engine.position.jdbc;

import org.jspecify.annotations.NullMarked;
