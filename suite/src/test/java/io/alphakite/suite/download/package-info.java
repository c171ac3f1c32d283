/** Tests of the package of the same name. */
@NullMarked
package io.alphakite.suite.download;

import org.jspecify.annotations.NullMarked;
