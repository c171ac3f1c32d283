/** The connection pool of a service's own role. */
@NullMarked
package io.alphakite.platform.database;

import org.jspecify.annotations.NullMarked;
