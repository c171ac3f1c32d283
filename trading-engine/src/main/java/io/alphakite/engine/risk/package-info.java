/**
 * What stands between an order and the broker: limits, guards and switches, checked in one place.
 */
@NullMarked
package io.alphakite.engine.risk;

import org.jspecify.annotations.NullMarked;
