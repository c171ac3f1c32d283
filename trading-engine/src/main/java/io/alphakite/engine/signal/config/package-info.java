/** The crossover watch with its settings. */
@NullMarked
package io.alphakite.engine.signal.config;

import org.jspecify.annotations.NullMarked;
