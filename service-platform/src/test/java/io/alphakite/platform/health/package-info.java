@NullMarked
package io.alphakite.platform.health;

import org.jspecify.annotations.NullMarked;
