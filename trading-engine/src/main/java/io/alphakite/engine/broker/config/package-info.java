/** Which broker the settings name. */
@NullMarked
package io.alphakite.engine.broker.config;

import org.jspecify.annotations.NullMarked;
