/** The schema in {@code db/migrations} and the program that applies it. */
@NullMarked
package io.alphakite.db;

import org.jspecify.annotations.NullMarked;
