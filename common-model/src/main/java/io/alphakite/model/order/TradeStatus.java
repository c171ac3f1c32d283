package io.alphakite.model.order;

import java.util.Locale;

/** Where a trade stands between request and end. */
public enum TradeStatus {
  /** Written down, not yet looked at. */
  PENDING,
  /** On its way to the broker. */
  SUBMITTING,
  /** It may or may not have reached the broker: to be found out, never sent again. */
  UNKNOWN,
  WORKING,
  PARTIALLY_FILLED,
  FILLED,
  CANCEL_PENDING,
  CANCELED,
  REJECTED,
  EXPIRED;

  /** As JSON and tables write it, in lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when none is written so
   */
  public static TradeStatus fromWire(String wire) {
    for (TradeStatus value : values()) {
      if (value.wire().equals(wire)) {
        return value;
      }
    }
    throw new IllegalArgumentException("Not a trade status: \"" + wire + '"');
  }

  /** Whether nothing more can happen to it. */
  public boolean isTerminal() {
    return switch (this) {
      case FILLED, CANCELED, REJECTED, EXPIRED -> true;
      case PENDING, SUBMITTING, UNKNOWN, WORKING, PARTIALLY_FILLED, CANCEL_PENDING -> false;
    };
  }

  /** Whether it may still fill, one of unknown fate included. */
  public boolean isOpen() {
    return !isTerminal();
  }
}
