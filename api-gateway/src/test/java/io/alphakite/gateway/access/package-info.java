/** The table of routes from inside. */
@NullMarked
package io.alphakite.gateway.access;

import org.jspecify.annotations.NullMarked;
