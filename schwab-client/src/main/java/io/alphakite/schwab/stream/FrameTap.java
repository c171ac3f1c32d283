package io.alphakite.schwab.stream;

/**
 * Sees every text frame as it came, before it is decoded: on the thread that reads the socket, so
 * it must return at once and never throw. Frames may hold account numbers.
 */
@FunctionalInterface
public interface FrameTap {

  /** Sees nothing. */
  FrameTap NONE = (_, _) -> {};

  /**
   * A frame has come.
   *
   * @param generation of the connection, counted from 1
   */
  void frame(long generation, String text);
}
