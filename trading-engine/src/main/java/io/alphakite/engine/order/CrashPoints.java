package io.alphakite.engine.order;

/** Is told where the engine is, so that a simulation can stop it there. */
@FunctionalInterface
public interface CrashPoints {

  /** What runs in production: nothing, which costs nothing. */
  CrashPoints NONE = point -> {};

  /** The engine is here now. */
  void at(CrashPoint point);
}
