@NullMarked
package io.alphakite.streaming.history;

import org.jspecify.annotations.NullMarked;
