/** Everything in one process: the three services, the simulator and an embedded PostgreSQL. */
@NullMarked
package io.alphakite.suite;

import org.jspecify.annotations.NullMarked;
