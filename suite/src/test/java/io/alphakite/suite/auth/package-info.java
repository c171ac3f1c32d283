@NullMarked
package io.alphakite.suite.auth;

import org.jspecify.annotations.NullMarked;
