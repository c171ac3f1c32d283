package io.alphakite.model.calendar;

import java.util.Locale;

/** Which part of the day counts. */
public enum TradingHours {
  /** 09:30 to 16:00 Eastern, or to the early close. */
  REGULAR,
  /** 04:00 to 20:00 Eastern, or to 17:00 on an early close. */
  EXTENDED,
  /** Every moment, weekends and holidays included. */
  ALWAYS;

  /** As settings write it: {@code regular}, {@code extended}, {@code always}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The hours with this label.
   *
   * @throws IllegalArgumentException when it is none of the three labels
   */
  public static TradingHours parse(String label) {
    for (TradingHours hours : values()) {
      if (hours.label().equals(label)) {
        return hours;
      }
    }
    throw new IllegalArgumentException(
        "Not trading hours: \"" + label + "\" (regular, extended or always)");
  }
}
