/** The WebSocket from outside, and the hub from inside. */
@NullMarked
package io.alphakite.gateway.stream;

import org.jspecify.annotations.NullMarked;
