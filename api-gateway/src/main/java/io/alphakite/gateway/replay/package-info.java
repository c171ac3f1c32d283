/** The control of the simulator's replay, where a simulator is the broker. */
@NullMarked
package io.alphakite.gateway.replay;

import org.jspecify.annotations.NullMarked;
