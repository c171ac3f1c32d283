@NullMarked
package io.alphakite.simulator.market.option;

import org.jspecify.annotations.NullMarked;
