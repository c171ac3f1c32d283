package io.alphakite.schwab.stream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/** Turns the content items of one service into events. Belongs to the reading thread. */
interface Items {

  /**
   * Reads the object the parser stands at, to its end.
   *
   * @param at the frame's time of sending
   */
  void read(JsonParser json, Instant at);

  /** Forgets what was merged for a key: its next item starts it anew. */
  default void forget(String key) {}

  /** The newest trade time met of a key; null when none was. */
  default @Nullable Instant tradeTime(String key) {
    return null;
  }

  /** Forgets what was merged for all keys: what comes before their next images is of no use. */
  default void forgetAll() {}
}
