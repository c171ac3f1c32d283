/** {@code ./kite download}: price history into the tables or a CSV file. */
@NullMarked
package io.alphakite.suite.download;

import org.jspecify.annotations.NullMarked;
