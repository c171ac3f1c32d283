/** Faults that a client must live with, switched on one by one; all off at the start. */
@NullMarked
package io.alphakite.simulator.fault;

import org.jspecify.annotations.NullMarked;
