package io.alphakite.streaming.quarantine;

import java.util.Locale;

/** Why something a feed said is not believed. */
public enum Reason {
  /** The last price is zero or less. */
  NON_POSITIVE,
  /** The last price is more than a fifth away from the one before, and nothing bears it out. */
  FAR_FROM_LAST,
  /** The bid is above the ask. */
  CROSSED;

  /** As tables and metrics name it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
