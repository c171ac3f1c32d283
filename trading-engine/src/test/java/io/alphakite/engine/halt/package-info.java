@NullMarked
package io.alphakite.engine.halt;

import org.jspecify.annotations.NullMarked;
