/** What the tests of several modules need. */
@NullMarked
package io.alphakite.testing;

import org.jspecify.annotations.NullMarked;
