@NullMarked
package io.alphakite.engine.order;

import org.jspecify.annotations.NullMarked;
