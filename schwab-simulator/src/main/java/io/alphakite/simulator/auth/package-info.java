/** Logins, codes and tokens. */
@NullMarked
package io.alphakite.simulator.auth;

import org.jspecify.annotations.NullMarked;
