/** {@code ./kite auth}: a person's login at Schwab, and how it stands. */
@NullMarked
package io.alphakite.suite.auth;

import org.jspecify.annotations.NullMarked;
