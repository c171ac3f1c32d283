@NullMarked
package io.alphakite.streaming.watch;

import org.jspecify.annotations.NullMarked;
