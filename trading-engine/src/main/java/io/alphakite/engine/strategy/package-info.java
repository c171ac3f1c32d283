/** What the built-in strategy does about a crossover. */
@NullMarked
package io.alphakite.engine.strategy;

import org.jspecify.annotations.NullMarked;
