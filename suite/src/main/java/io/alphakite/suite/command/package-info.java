/** What the commands of {@code ./kite} share: how they print, and how they fail. */
@NullMarked
package io.alphakite.suite.command;

import org.jspecify.annotations.NullMarked;
