/** Market data from inside. */
@NullMarked
package io.alphakite.gateway.market;

import org.jspecify.annotations.NullMarked;
