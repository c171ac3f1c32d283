@NullMarked
package io.alphakite.schwab.market;

import org.jspecify.annotations.NullMarked;
