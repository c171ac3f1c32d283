package io.alphakite.engine.control;

import org.jspecify.annotations.Nullable;

/** Halts trading without the database: looked at before the first byte of each order. */
@FunctionalInterface
public interface HaltFlag {

  /** Never halts. */
  HaltFlag NONE = flattening -> null;

  /**
   * Why an order may not be sent now; null when it may. Looks anew each time, takes well under a
   * millisecond and never throws: what it cannot tell is a halt.
   *
   * @param flattening whether a person's kill asked for the order, to close what is held: the halt
   *     of a kill lets those pass
   */
  @Nullable String halted(boolean flattening);
}
