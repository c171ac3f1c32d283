/** The words an order is described with. */
@NullMarked
package io.alphakite.model.order;

import org.jspecify.annotations.NullMarked;
