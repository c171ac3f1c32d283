/** Who may do what: keys, browser sessions, the table of routes, hosts and origins. */
@NullMarked
package io.alphakite.gateway.access;

import org.jspecify.annotations.NullMarked;
