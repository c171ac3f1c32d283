/** The running service against the running simulator and a real database. */
@NullMarked
package io.alphakite.streaming.replay;

import org.jspecify.annotations.NullMarked;
