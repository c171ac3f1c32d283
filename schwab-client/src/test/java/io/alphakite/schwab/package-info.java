@NullMarked
package io.alphakite.schwab;

import org.jspecify.annotations.NullMarked;
