@NullMarked
package io.alphakite.engine;

import org.jspecify.annotations.NullMarked;
