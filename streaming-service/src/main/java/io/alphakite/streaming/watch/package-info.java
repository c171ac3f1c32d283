/** Tells a mute feed, a dead socket, a dead token, a halt and a quiet ticker apart. */
@NullMarked
package io.alphakite.streaming.watch;

import org.jspecify.annotations.NullMarked;
