@NullMarked
package io.alphakite.streaming;

import org.jspecify.annotations.NullMarked;
