@NullMarked
package io.alphakite.engine.risk.config;

import org.jspecify.annotations.NullMarked;
