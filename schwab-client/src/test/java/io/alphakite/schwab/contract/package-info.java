/** The client, the simulator and the reference held against each other. */
@NullMarked
package io.alphakite.schwab.contract;

import org.jspecify.annotations.NullMarked;
