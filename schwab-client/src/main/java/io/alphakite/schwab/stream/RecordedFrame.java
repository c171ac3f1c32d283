package io.alphakite.schwab.stream;

import java.time.Instant;

/**
 * A frame that came once.
 *
 * @param generation of the connection it came on
 * @param receivedAt wall time
 */
public record RecordedFrame(long generation, Instant receivedAt, String text) {}
