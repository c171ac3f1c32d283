/** What the simulator can be told, read and checked once at the start. */
@NullMarked
package io.alphakite.simulator.settings;

import org.jspecify.annotations.NullMarked;
