@NullMarked
package io.alphakite.engine.position;

import org.jspecify.annotations.NullMarked;
