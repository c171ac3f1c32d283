package io.alphakite.model.market;

import java.time.Instant;

/**
 * What happened in one interval: first, highest, lowest and last price, and the volume in shares.
 *
 * @param start the interval's inclusive start
 */
public record Bar(Instant start, Price open, Price high, Price low, Price close, long volume) {

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when high is below low or the volume is negative
   */
  public Bar {
    if (high.compareTo(low) < 0) {
      throw new IllegalArgumentException(
          "Bar of " + start + ": high " + high + " below low " + low);
    }
    if (volume < 0) {
      throw new IllegalArgumentException("Bar of " + start + ": volume " + volume);
    }
  }
}
