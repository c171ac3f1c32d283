/** Tests of the package of the same name. */
@NullMarked
package io.alphakite.suite.data;

import org.jspecify.annotations.NullMarked;
