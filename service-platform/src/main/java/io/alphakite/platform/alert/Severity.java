package io.alphakite.platform.alert;

import java.util.Locale;

/** How soon a person should look. */
public enum Severity {
  /** When there is time. */
  INFO,
  /** Today. */
  WARNING,
  /** Now: money may be at stake. */
  CRITICAL;

  /** As the table and the API write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
