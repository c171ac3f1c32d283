@NullMarked
package io.alphakite.streaming.retention;

import org.jspecify.annotations.NullMarked;
