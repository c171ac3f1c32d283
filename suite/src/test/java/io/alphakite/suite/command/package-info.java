/** Tests of the package of the same name. */
@NullMarked
package io.alphakite.suite.command;

import org.jspecify.annotations.NullMarked;
