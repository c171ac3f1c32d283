/**
 * Schwab over HTTP: which addresses may be called, one typed error for every failure, and the calls
 * themselves.
 */
@NullMarked
package io.alphakite.schwab.http;

import org.jspecify.annotations.NullMarked;
