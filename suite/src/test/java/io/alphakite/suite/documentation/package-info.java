@NullMarked
package io.alphakite.suite.documentation;

import org.jspecify.annotations.NullMarked;
