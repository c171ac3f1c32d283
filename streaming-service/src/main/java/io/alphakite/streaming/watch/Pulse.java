package io.alphakite.streaming.watch;

/**
 * How often one ticker brings something, learned from what came, in four numbers however long it is
 * watched.
 *
 * <p>Time is cut into beats. A beat is active when at least one item came in it. A beat that lies n
 * beats back weighs (1 - 1/memory)<sup>n</sup>. The rate is (weight of the active beats + 1) /
 * (weight of all beats watched + 2), as of the last active one: the silence that is being judged
 * does not teach that silence is usual. Seen so, a silence of k beats has the chance (1 -
 * rate)<sup>k</sup>.
 */
final class Pulse {

  private final double fading;
  private final int learned;
  private final long firstBeat;
  private long lastBeat;
  private double active;
  private long itemAtNanos;

  /**
   * Nothing came yet.
   *
   * @param beat the beat in which watching begins
   * @param watchedNanos when, on the clock of {@link #silentNanos}
   */
  Pulse(WatchSettings settings, long beat, long watchedNanos) {
    this.fading = 1 - 1.0 / settings.memory();
    this.learned = settings.learned();
    this.firstBeat = beat;
    this.lastBeat = beat - 1;
    this.itemAtNanos = watchedNanos;
  }

  /** An item came. */
  void item(long beat, long watchedNanos) {
    itemAtNanos = watchedNanos;
    if (beat > lastBeat) {
      active = active * Math.pow(fading, (double) (beat - lastBeat)) + 1;
      lastBeat = beat;
    }
  }

  /** How long nothing came. */
  long silentNanos(long watchedNanos) {
    return watchedNanos - itemAtNanos;
  }

  /** Whether anything ever came. */
  boolean brought() {
    return active > 0;
  }

  /** Whether it was watched for long enough to be judged by its rate. */
  boolean isLearned(long beat) {
    return beat - firstBeat >= learned;
  }

  /** The chance that a beat brings something, between 0 and 1. */
  double rate(long beat) {
    // Who never brought anything is judged by all the beats it did not.
    long until = active == 0 ? beat : lastBeat;
    double watched = (1 - Math.pow(fading, until - firstBeat + 1.0)) / (1 - fading);
    return (active + 1) / (watched + 2);
  }

  /** The natural logarithm of the chance that it is silent for so many beats in a row. */
  double logChanceOfSilence(double beats, long beat) {
    return beats * Math.log1p(-rate(beat));
  }
}
