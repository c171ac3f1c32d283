/** {@code ./kite data}: what is stored. */
@NullMarked
package io.alphakite.suite.data;

import org.jspecify.annotations.NullMarked;
