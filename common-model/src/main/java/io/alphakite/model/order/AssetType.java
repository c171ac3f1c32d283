package io.alphakite.model.order;

import java.util.Locale;

/** What is traded. */
public enum AssetType {
  EQUITY,
  OPTION;

  /** As JSON and tables write it, in lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when none is written so
   */
  public static AssetType fromWire(String wire) {
    for (AssetType value : values()) {
      if (value.wire().equals(wire)) {
        return value;
      }
    }
    throw new IllegalArgumentException("Not an asset type: \"" + wire + '"');
  }
}
