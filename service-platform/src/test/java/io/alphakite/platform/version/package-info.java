@NullMarked
package io.alphakite.platform.version;

import org.jspecify.annotations.NullMarked;
