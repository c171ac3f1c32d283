@NullMarked
package io.alphakite.suite.halt;

import org.jspecify.annotations.NullMarked;
