/** Why a trade is as it is: everything it rests on, from the tick to the fills. */
@NullMarked
package io.alphakite.gateway.trace;

import org.jspecify.annotations.NullMarked;
