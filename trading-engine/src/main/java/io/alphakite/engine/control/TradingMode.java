package io.alphakite.engine.control;

import java.util.Locale;

/** Where orders go: filled inside the engine, or to the broker. */
public enum TradingMode {
  PAPER,
  LIVE;

  /** As settings and tables write it. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when it is neither
   */
  public static TradingMode fromWire(String wire) {
    for (TradingMode mode : values()) {
      if (mode.wire().equals(wire)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("Not a trading mode: \"" + wire + '"');
  }
}
