@NullMarked
package io.alphakite.schwab.auth;

import org.jspecify.annotations.NullMarked;
