/** OAuth with Schwab: tokens, the file that keeps them, their refresh and a person's login. */
@NullMarked
package io.alphakite.schwab.auth;

import org.jspecify.annotations.NullMarked;
