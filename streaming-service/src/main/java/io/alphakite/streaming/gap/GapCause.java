package io.alphakite.streaming.gap;

import java.util.Locale;

/** Why the stream was not proven complete. */
public enum GapCause {
  /** The connection was lost. */
  DISCONNECT(true),
  /** Connected, but no data came where some was due. */
  MUTE(true),
  /** Connected, but a frame could not be read, or messages came in the wrong order. */
  DAMAGED(true),
  /** The service ended and started again. */
  RESTART(true),
  /** The first start: the session had begun before it. */
  START(true),
  /** Rows that waited for the database were dropped; they had counted in the indicators. */
  SPILL_OVERFLOW(false),
  /** Stored rows do not add up to the day's volume; they had counted in the indicators. */
  VOLUME_MISMATCH(false);

  private final boolean ticksLost;

  GapCause(boolean ticksLost) {
    this.ticksLost = ticksLost;
  }

  /** Whether ticks were never seen; otherwise only rows made from them are missing. */
  public boolean ticksLost() {
    return ticksLost;
  }

  /** As tables and JSON write it. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
