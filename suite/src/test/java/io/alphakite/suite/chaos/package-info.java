/** The whole system as processes of its own, which are killed, frozen and cut off from another. */
@NullMarked
package io.alphakite.suite.chaos;

import org.jspecify.annotations.NullMarked;
