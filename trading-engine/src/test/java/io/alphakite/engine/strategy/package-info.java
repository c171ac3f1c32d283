@NullMarked
package io.alphakite.engine.strategy;

import org.jspecify.annotations.NullMarked;
