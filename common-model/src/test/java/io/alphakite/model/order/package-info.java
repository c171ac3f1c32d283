@NullMarked
package io.alphakite.model.order;

import org.jspecify.annotations.NullMarked;
