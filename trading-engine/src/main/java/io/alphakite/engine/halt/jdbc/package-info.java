/** What the database is told of the halt file. */
@NullMarked
package io.alphakite.engine.halt.jdbc;

import org.jspecify.annotations.NullMarked;
