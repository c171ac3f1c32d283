/** Tests of the package of the same name. */
@NullMarked
package io.alphakite.suite.database;

import org.jspecify.annotations.NullMarked;
