/** The embedded PostgreSQL, and how a command finds the database of this machine's suite. */
@NullMarked
package io.alphakite.suite.database;

import org.jspecify.annotations.NullMarked;
