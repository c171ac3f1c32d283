package io.alphakite.model.order;

import java.util.Locale;

/** What an exit of a {@link Bracket} is for. */
public enum ExitRole {
  /** A limit at which the profit is taken. */
  TAKE_PROFIT,
  /** A stop at which the loss is taken. */
  STOP_LOSS;

  /** As JSON and tables write it, in lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when none is written so
   */
  public static ExitRole fromWire(String wire) {
    for (ExitRole value : values()) {
      if (value.wire().equals(wire)) {
        return value;
      }
    }
    throw new IllegalArgumentException("Not an exit: \"" + wire + '"');
  }
}
