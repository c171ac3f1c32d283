package io.alphakite.model.market;

import java.util.Locale;

/** The right an option gives: to buy (call) or to sell (put). */
public enum OptionType {
  CALL,
  PUT;

  /** As JSON and tables write it: {@code call}, {@code put}. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when it is neither {@code call} nor {@code put}
   */
  public static OptionType fromWire(String wire) {
    for (OptionType type : values()) {
      if (type.wire().equals(wire)) {
        return type;
      }
    }
    throw new IllegalArgumentException("Not an option type: \"" + wire + '"');
  }
}
