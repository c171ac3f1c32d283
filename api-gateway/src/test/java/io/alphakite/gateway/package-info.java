/** The gateway from outside: real HTTP, real WebSocket, real PostgreSQL. */
@NullMarked
package io.alphakite.gateway;

import org.jspecify.annotations.NullMarked;
