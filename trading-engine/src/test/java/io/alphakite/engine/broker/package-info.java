/** What every broker's adapter has to do, tried on each. */
@NullMarked
package io.alphakite.engine.broker;

import org.jspecify.annotations.NullMarked;
