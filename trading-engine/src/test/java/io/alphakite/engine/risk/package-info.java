@NullMarked
package io.alphakite.engine.risk;

import org.jspecify.annotations.NullMarked;
