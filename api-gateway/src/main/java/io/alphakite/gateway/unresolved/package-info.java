/** Orders of unknown fate: what waits for a person, and what people decide about it. */
@NullMarked
package io.alphakite.gateway.unresolved;

import org.jspecify.annotations.NullMarked;
