/** Speed, measured beside a peer or a limit in the same run. */
@NullMarked
package io.alphakite.benchmarks;

import org.jspecify.annotations.NullMarked;
