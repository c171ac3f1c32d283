@NullMarked
package io.alphakite.schwab.fuzz;

import org.jspecify.annotations.NullMarked;
