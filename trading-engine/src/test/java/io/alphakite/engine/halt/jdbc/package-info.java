/** The halt file and a real database. */
@NullMarked
package io.alphakite.engine.halt.jdbc;

import org.jspecify.annotations.NullMarked;
