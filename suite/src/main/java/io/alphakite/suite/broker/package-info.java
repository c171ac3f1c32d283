/** Which broker a command talks to. */
@NullMarked
package io.alphakite.suite.broker;

import org.jspecify.annotations.NullMarked;
