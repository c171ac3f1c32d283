package io.alphakite.streaming.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Why a write failed, as far as it decides what to do next. */
final class Refusal {

  private Refusal() {}

  /**
   * Whether it would fail again however often it is tried: the database refuses the values
   * (SQLSTATE classes 22, data exception, and 23, integrity constraint), or our own code fails on
   * them. Everything else, a full disk and a read-only server included, is a database that is away.
   */
  static boolean ofData(Exception failure) {
    if (failure instanceof SQLException refused) {
      String state = state(refused);
      return state != null && (state.startsWith("22") || state.startsWith("23"));
    }
    return failure instanceof RuntimeException;
  }

  static @Nullable String state(Exception failure) {
    return failure instanceof SQLException refused ? refused.getSQLState() : null;
  }

  /** The first line of what it says. */
  static String message(Throwable failure) {
    String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }
}
