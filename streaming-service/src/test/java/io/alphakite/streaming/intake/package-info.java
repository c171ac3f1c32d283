@NullMarked
package io.alphakite.streaming.intake;

import org.jspecify.annotations.NullMarked;
