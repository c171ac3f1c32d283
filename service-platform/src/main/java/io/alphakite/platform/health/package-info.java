/** Health that a person and a load balancer can read. */
@NullMarked
package io.alphakite.platform.health;

import org.jspecify.annotations.NullMarked;
