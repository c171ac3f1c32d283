/** The feed from socket to committed row, beside the database's own limit and a plain pipeline. */
@NullMarked
package io.alphakite.benchmarks.feed;

import org.jspecify.annotations.NullMarked;
