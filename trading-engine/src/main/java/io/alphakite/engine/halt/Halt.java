package io.alphakite.engine.halt;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One halt, as the file tells of it.
 *
 * @param id of this halt: the file's time of change, so that a newer one is another halt whatever
 *     it says
 * @param by who halted, in words
 * @param reason in words; empty when none was given
 * @param command the kill command whose file it is; null when the file came first
 */
public record Halt(String id, Instant at, String by, String reason, @Nullable Long command) {

  /** What a person reads: who, when and why. */
  public String told() {
    return "halted by " + by + " at " + at + (reason.isEmpty() ? "" : ": " + reason);
  }
}
