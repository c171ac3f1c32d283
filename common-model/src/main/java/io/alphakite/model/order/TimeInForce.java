package io.alphakite.model.order;

import java.util.Locale;

/** How long an order stands: this session, or until it is canceled. */
public enum TimeInForce {
  DAY,
  GTC;

  /** As JSON and tables write it, in lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when none is written so
   */
  public static TimeInForce fromWire(String wire) {
    for (TimeInForce value : values()) {
      if (value.wire().equals(wire)) {
        return value;
      }
    }
    throw new IllegalArgumentException("Not a time in force: \"" + wire + '"');
  }
}
