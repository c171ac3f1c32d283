/** The files that start the product elsewhere say what the code understands. */
@NullMarked
package io.alphakite.suite.deployment;

import org.jspecify.annotations.NullMarked;
