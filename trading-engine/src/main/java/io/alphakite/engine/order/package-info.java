/** The life cycle of an order: written down, checked, sent at most once, followed to its end. */
@NullMarked
package io.alphakite.engine.order;

import org.jspecify.annotations.NullMarked;
