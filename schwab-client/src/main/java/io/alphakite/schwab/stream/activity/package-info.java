/** Account activity of the streamer: its packed payloads as values. */
@NullMarked
package io.alphakite.schwab.stream.activity;

import org.jspecify.annotations.NullMarked;
