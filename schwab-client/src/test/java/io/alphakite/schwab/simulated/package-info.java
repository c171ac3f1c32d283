@NullMarked
package io.alphakite.schwab.simulated;

import org.jspecify.annotations.NullMarked;
