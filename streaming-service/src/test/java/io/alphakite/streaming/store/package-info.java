@NullMarked
package io.alphakite.streaming.store;

import org.jspecify.annotations.NullMarked;
