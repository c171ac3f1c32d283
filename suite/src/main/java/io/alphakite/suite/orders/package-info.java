/** Orders that need a person, on the command line. */
@NullMarked
package io.alphakite.suite.orders;

import org.jspecify.annotations.NullMarked;
