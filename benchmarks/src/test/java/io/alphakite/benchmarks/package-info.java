@NullMarked
package io.alphakite.benchmarks;

import org.jspecify.annotations.NullMarked;
