/** The exact, incremental indicators and the crossover between them. */
@NullMarked
package io.alphakite.model.indicator;

import org.jspecify.annotations.NullMarked;
