/** The risk limits out of the settings. */
@NullMarked
package io.alphakite.engine.risk.config;

import org.jspecify.annotations.NullMarked;
