@NullMarked
package io.alphakite.streaming.recording;

import org.jspecify.annotations.NullMarked;
