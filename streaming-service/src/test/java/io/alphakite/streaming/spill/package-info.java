@NullMarked
package io.alphakite.streaming.spill;

import org.jspecify.annotations.NullMarked;
