/** The kill switch's commands and trades in PostgreSQL. */
@NullMarked
package io.alphakite.engine.kill.jdbc;

import org.jspecify.annotations.NullMarked;
