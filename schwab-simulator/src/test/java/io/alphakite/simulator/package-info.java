@NullMarked
package io.alphakite.simulator;

import org.jspecify.annotations.NullMarked;
