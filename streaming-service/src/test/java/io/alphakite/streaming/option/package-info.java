@NullMarked
package io.alphakite.streaming.option;

import org.jspecify.annotations.NullMarked;
