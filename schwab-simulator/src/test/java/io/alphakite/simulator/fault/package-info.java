@NullMarked
package io.alphakite.simulator.fault;

import org.jspecify.annotations.NullMarked;
