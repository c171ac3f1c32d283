@NullMarked
package io.alphakite.schwab.stream;

import org.jspecify.annotations.NullMarked;
