@NullMarked
package io.alphakite.platform.logging;

import org.jspecify.annotations.NullMarked;
