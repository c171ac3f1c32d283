package io.alphakite.streaming.gap;

import java.util.Locale;

/** What became of a gap. */
public enum GapState {
  /** It lasts, or its candles are still wanted. */
  OPEN,
  /** The price history answered for every whole minute of it. */
  REPAIRED,
  /** Its candles are not to be had any more. */
  UNAVAILABLE;

  /** As tables and JSON write it. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
