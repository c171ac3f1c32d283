/** How long an order takes from its committed row to the broker. */
@NullMarked
package io.alphakite.benchmarks.orders;

import org.jspecify.annotations.NullMarked;
