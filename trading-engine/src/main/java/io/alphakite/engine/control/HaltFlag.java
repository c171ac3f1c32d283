package io.alphakite.engine.control;

import org.jspecify.annotations.Nullable;

/** Halts trading without the database: looked at before the first byte of each order. */
@FunctionalInterface
public interface HaltFlag {

  /** Never halts. */
  HaltFlag NONE = () -> null;

  /**
   * Why nothing may be sent now; null when something may. Looks anew each time, takes well under a
   * millisecond and never throws: what it cannot tell is a halt.
   */
  @Nullable String halted();
}
