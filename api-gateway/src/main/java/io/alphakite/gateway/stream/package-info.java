/** The WebSocket: one feed from the database, one hub, a paced writer per client. */
@NullMarked
package io.alphakite.gateway.stream;

import org.jspecify.annotations.NullMarked;
