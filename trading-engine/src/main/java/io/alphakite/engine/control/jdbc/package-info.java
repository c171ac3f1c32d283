/** The trading controls in PostgreSQL. */
@NullMarked
package io.alphakite.engine.control.jdbc;

import org.jspecify.annotations.NullMarked;
