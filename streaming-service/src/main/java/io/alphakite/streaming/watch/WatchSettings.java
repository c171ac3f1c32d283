package io.alphakite.streaming.watch;

import java.time.Duration;

/**
 * When silence is a fault. All durations are wall time, as silence is one of the socket, whatever
 * the speed of the market behind it.
 *
 * @param staleAfter a silence of all canaries this long makes the feed stale
 * @param reconnectAfter when it goes on this long, the connection is given up for a new one
 * @param beat a ticker's rate is the share of beats in which it brings something
 * @param memory so many beats back the rate is learned from, older ones fading
 * @param learned a ticker is judged by its rate once it was watched for so many beats
 * @param unlearnedSilence in regular hours, before any rate is learned, no image of any ticker for
 *     this long after a connect is a fault
 * @param hiccup of a pause between two looks that is longer, only this much counts as silence: the
 *     rest is our own machine's
 */
public record WatchSettings(
    Duration staleAfter,
    Duration reconnectAfter,
    Duration beat,
    int memory,
    int learned,
    Duration unlearnedSilence,
    Duration hiccup) {

  private static final int BEATS_TO_STALE = 4;

  /** With the durations that settings may name, and the rest in proportion. */
  public WatchSettings(Duration staleAfter, Duration reconnectAfter) {
    this(
        staleAfter,
        reconnectAfter,
        staleAfter.dividedBy(BEATS_TO_STALE),
        300,
        30,
        staleAfter.dividedBy(BEATS_TO_STALE).multipliedBy(30),
        staleAfter.dividedBy(2L * BEATS_TO_STALE));
  }

  public WatchSettings {
    if (!staleAfter.isPositive() || reconnectAfter.compareTo(staleAfter) < 0) {
      throw new IllegalArgumentException("a feed is stale first, and only then connected anew");
    }
    if (!beat.isPositive() || beat.compareTo(staleAfter) > 0 || learned < 1 || memory < learned) {
      throw new IllegalArgumentException("a rate is learned from several beats");
    }
  }
}
