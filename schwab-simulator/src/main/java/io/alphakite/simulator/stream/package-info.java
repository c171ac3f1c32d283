/** The streamer: WebSocket connections, logins, subscriptions, level-one deltas, heartbeats. */
@NullMarked
package io.alphakite.simulator.stream;

import org.jspecify.annotations.NullMarked;
