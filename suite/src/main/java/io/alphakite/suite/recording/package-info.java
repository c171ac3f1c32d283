/** {@code ./kite record}: the recording of raw frames, seen and steered by a person. */
@NullMarked
package io.alphakite.suite.recording;

import org.jspecify.annotations.NullMarked;
