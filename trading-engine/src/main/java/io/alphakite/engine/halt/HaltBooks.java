package io.alphakite.engine.halt;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the database knows of halts. */
public interface HaltBooks {

  /**
   * As it stands.
   *
   * @param halted whether the state is {@code halted}
   * @param shown the halt that is shown as the file's; null when none is
   * @param cleared the halt that a person ended last; null when none was
   * @param kill the kill command that halts now; null when none does
   */
  record Standing(
      boolean halted, @Nullable String shown, @Nullable String cleared, @Nullable Long kill) {}

  /** What is to be written. */
  sealed interface Change {

    /** All is as it should be. */
    record None() implements Change {}

    /** The file halts: so does the database from now on. */
    record Halted(Halt halt, boolean cancel) implements Change {}

    /** There is no file: the state stays as it is. */
    record Gone() implements Change {}
  }

  /** As it stands now, without a lock. */
  Standing standing();

  /** Decides and writes in one transaction, while nobody else changes the controls. */
  void settle(Function<Standing, Change> decide);
}
