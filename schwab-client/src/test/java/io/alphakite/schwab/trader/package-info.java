@NullMarked
package io.alphakite.schwab.trader;

import org.jspecify.annotations.NullMarked;
