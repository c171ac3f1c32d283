/** Tests of the package of the same name. */
@NullMarked
package io.alphakite.suite.recording;

import org.jspecify.annotations.NullMarked;
