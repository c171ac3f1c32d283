@NullMarked
package io.alphakite.platform.settings;

import org.jspecify.annotations.NullMarked;
