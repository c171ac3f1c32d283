@NullMarked
package io.alphakite.engine.control;

import org.jspecify.annotations.NullMarked;
