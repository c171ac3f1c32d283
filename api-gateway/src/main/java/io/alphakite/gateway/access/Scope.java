package io.alphakite.gateway.access;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a caller may do. */
public enum Scope {
  /** See everything. */
  READ,
  /** Ask for trades and cancels, set the trading controls. */
  TRADE,
  /** Manage keys; implies the other two. */
  ADMIN;

  /** As JSON and tables write it. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Scope fromWire(String wire) {
    for (Scope scope : values()) {
      if (scope.wire().equals(wire)) {
        return scope;
      }
    }
    throw new IllegalArgumentException("Not a scope: \"" + wire + '"');
  }
}
