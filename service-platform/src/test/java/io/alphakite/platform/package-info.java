@NullMarked
package io.alphakite.platform;

import org.jspecify.annotations.NullMarked;
