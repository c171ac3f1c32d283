package io.alphakite.streaming.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;

/** Does one thing again and again, in a thread of its own, until it is closed. */
final class Rounds implements AutoCloseable {
  private final Duration pause;
  private final Round round;
  private final Consumer<Exception> failed;
  private final Thread thread;

  /** What is done each time. */
  @FunctionalInterface
  interface Round {
    /** Does it once. */
    void run() throws SQLException;
  }

  /**
   * Not yet started.
   *
   * @param pause before each round
   * @param failed told of a round that threw; the next one comes all the same
   */
  Rounds(String name, Duration pause, Round round, Consumer<Exception> failed) {
    this.pause = pause;
    this.round = round;
    this.failed = failed;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(pause);
        try {
          round.run();
        } catch (SQLException | RuntimeException e) {
          failed.accept(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
