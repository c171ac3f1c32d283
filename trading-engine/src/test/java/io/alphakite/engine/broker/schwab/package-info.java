@NullMarked
package io.alphakite.engine.broker.schwab;

import org.jspecify.annotations.NullMarked;
