@NullMarked
package io.alphakite.streaming.health;

import org.jspecify.annotations.NullMarked;
