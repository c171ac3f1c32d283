package io.alphakite.platform.alert;

import org.jspecify.annotations.Nullable;

/**
 * A cause for alarm that holds now. Code and ticker name it: while both stay the same it is the
 * same alarm.
 *
 * @param code for programs, as in {@code feed_stale}
 * @param ticker null when it is about no single one
 * @param message what is the case, for a person
 * @param hint what to do; null when there is nothing
 */
public record Alarm(
    String code,
    Severity severity,
    @Nullable String ticker,
    String message,
    @Nullable String hint) {

  /** An alarm about no single ticker. */
  public Alarm(String code, Severity severity, String message, @Nullable String hint) {
    this(code, severity, null, message, hint);
  }

  /** What it is known by. */
  String key() {
    return code + '|' + (ticker == null ? "" : ticker);
  }
}
