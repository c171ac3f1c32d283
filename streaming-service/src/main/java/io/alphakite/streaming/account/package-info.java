/** Account activity, on its way to the engine. */
@NullMarked
package io.alphakite.streaming.account;

import org.jspecify.annotations.NullMarked;
