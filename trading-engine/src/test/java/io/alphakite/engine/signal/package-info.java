@NullMarked
package io.alphakite.engine.signal;

import org.jspecify.annotations.NullMarked;
