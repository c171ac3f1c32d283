package io.alphakite.schwab.http;

import java.time.Duration;

/**
 * Time as a limit sees it: how long something took, and waiting. It never runs backwards, whatever
 * somebody does to the wall clock. Tests drive one by hand.
 */
public interface MonotonicClock {

  /** The machine's own. */
  MonotonicClock SYSTEM =
      new MonotonicClock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration pause) throws InterruptedException {
          Thread.sleep(pause);
        }
      };

  /** Nanoseconds since some moment; only differences mean anything. */
  long nanos();

  /**
   * Returns when so much time has passed, at once when it is not positive.
   *
   * @throws InterruptedException when the thread is interrupted before or meanwhile
   */
  void sleep(Duration pause) throws InterruptedException;
}
