@NullMarked
package io.alphakite.streaming.alarm;

import org.jspecify.annotations.NullMarked;
