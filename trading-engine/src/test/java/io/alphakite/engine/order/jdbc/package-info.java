@NullMarked
package io.alphakite.engine.order.jdbc;

import org.jspecify.annotations.NullMarked;
