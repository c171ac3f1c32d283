package io.alphakite.streaming.spill;

import java.io.IOException;

/** The files have reached {@code SPILL_MAX_MB}; nothing was written. */
public final class SpillFullException extends IOException {
  private static final long serialVersionUID = 1L;

  SpillFullException(long maxBytes) {
    super("SPILL_MAX_MB is reached: " + maxBytes / 1_000_000 + " MB wait for the database");
  }
}
