@NullMarked
package io.alphakite.engine.kill;

import org.jspecify.annotations.NullMarked;
