/** The trading switches out of the settings. */
@NullMarked
package io.alphakite.engine.control.config;

import org.jspecify.annotations.NullMarked;
