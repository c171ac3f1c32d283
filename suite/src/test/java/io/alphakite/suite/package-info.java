@NullMarked
package io.alphakite.suite;

import org.jspecify.annotations.NullMarked;
