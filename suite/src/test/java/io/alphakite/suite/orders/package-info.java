@NullMarked
package io.alphakite.suite.orders;

import org.jspecify.annotations.NullMarked;
