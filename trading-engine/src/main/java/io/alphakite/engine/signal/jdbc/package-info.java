/** Finished seconds out of PostgreSQL, signals into it. */
@NullMarked
package io.alphakite.engine.signal.jdbc;

import org.jspecify.annotations.NullMarked;
