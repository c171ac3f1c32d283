@NullMarked
package io.alphakite.model.market;

import org.jspecify.annotations.NullMarked;
