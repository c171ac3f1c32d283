package io.alphakite.model.order;

import java.util.Locale;

/** How an order names its price. Schwab {@code orderType}. */
public enum OrderType {
  MARKET,
  LIMIT,
  STOP,
  STOP_LIMIT;

  /** As JSON and tables write it, in lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when none is written so
   */
  public static OrderType fromWire(String wire) {
    for (OrderType value : values()) {
      if (value.wire().equals(wire)) {
        return value;
      }
    }
    throw new IllegalArgumentException("Not an order type: \"" + wire + '"');
  }

  /** Whether an order of this type carries a limit price. */
  public boolean hasLimit() {
    return switch (this) {
      case LIMIT, STOP_LIMIT -> true;
      case MARKET, STOP -> false;
    };
  }

  /** Whether an order of this type carries a stop price. */
  public boolean hasStop() {
    return switch (this) {
      case STOP, STOP_LIMIT -> true;
      case MARKET, LIMIT -> false;
    };
  }
}
