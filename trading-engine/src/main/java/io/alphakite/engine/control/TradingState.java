package io.alphakite.engine.control;

import java.util.Locale;

/** How far trading goes at the moment. */
public enum TradingState {
  ACTIVE,
  /** Only what makes a position smaller. */
  REDUCE_ONLY,
  /** Nothing. */
  HALTED;

  /** As JSON and tables write it. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when it is none of them
   */
  public static TradingState fromWire(String wire) {
    for (TradingState state : values()) {
      if (state.wire().equals(wire)) {
        return state;
      }
    }
    throw new IllegalArgumentException("Not a trading state: \"" + wire + '"');
  }
}
