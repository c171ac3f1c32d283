package io.alphakite.suite;

import java.util.function.Consumer;

/** Tells whoever waits what is being done. */
final class Progress {
  private final Consumer<String> line;
  private final long start = System.nanoTime();

  private Progress(Consumer<String> line) {
    this.line = line;
  }

  static Progress to(Consumer<String> line) {
    return new Progress(line);
  }

  /** One line, with the seconds since the start. */
  void step(String done) {
    long tenths = (System.nanoTime() - start) / 100_000_000;
    line.accept("  " + tenths / 10 + "." + tenths % 10 + " s  " + done);
  }
}
