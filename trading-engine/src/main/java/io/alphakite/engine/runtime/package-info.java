/** The engine as it runs: one account taken over, its loops, its health. */
@NullMarked
package io.alphakite.engine.runtime;

import org.jspecify.annotations.NullMarked;
