@NullMarked
package io.alphakite.model.indicator;

import org.jspecify.annotations.NullMarked;
