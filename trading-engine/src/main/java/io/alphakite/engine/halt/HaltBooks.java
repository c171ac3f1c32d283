package io.alphakite.engine.halt;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the database knows of halts. */
public interface HaltBooks {

  /** An engine that has the lease of an account. */
  record Holder(String accountId, long epoch) {}

  /** Who may bring the database to the file's state: of several engines one alone. */
  enum Part {
    /** It has the lease of the account. */
    TRADER,
    /** It has none, and nobody trades. */
    ALONE,
    /** Another engine trades. */
    OTHER
  }

  /**
   * As it stands.
   *
   * @param part of the engine that asks
   * @param halted whether the state is {@code halted}
   * @param shown the halt that is shown as the file's; null when none is
   * @param cleared the halt that a person ended last; null when none was
   * @param kill the newest kill command, 0 when there is none
   * @param reason of the state, in words
   */
  record Standing(
      Part part,
      boolean halted,
      @Nullable String shown,
      @Nullable String cleared,
      long kill,
      @Nullable String reason) {}

  /** What is to be written. */
  sealed interface Change {

    /** All is as it should be. */
    record None() implements Change {}

    /** The file halts: so does the database from now on. */
    record Halted(Halt halt, boolean cancel) implements Change {}

    /** There is no file: the state stays as it is. */
    record Gone() implements Change {}
  }

  /**
   * As it stands now, without a lock.
   *
   * @param holder null when this engine has no lease
   */
  Standing standing(@Nullable Holder holder);

  /** Decides and writes in one transaction, while nobody else changes the controls. */
  void settle(@Nullable Holder holder, Function<Standing, Change> decide);
}
