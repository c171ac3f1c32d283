@NullMarked
package io.alphakite.suite.journal;

import org.jspecify.annotations.NullMarked;
