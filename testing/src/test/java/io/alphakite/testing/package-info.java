@NullMarked
package io.alphakite.testing;

import org.jspecify.annotations.NullMarked;
