@NullMarked
package io.alphakite.suite.backfill;

import org.jspecify.annotations.NullMarked;
