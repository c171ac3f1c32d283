@NullMarked
package io.alphakite.engine.runtime;

import org.jspecify.annotations.NullMarked;
