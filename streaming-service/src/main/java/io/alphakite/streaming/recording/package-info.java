/** Recordings of the stream's raw frames: written off the reader's path, read for a replay. */
@NullMarked
package io.alphakite.streaming.recording;

import org.jspecify.annotations.NullMarked;
