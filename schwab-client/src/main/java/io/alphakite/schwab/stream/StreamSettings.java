package io.alphakite.schwab.stream;

import java.time.Duration;

/**
 * The streamer connection's limits.
 *
 * @param silenceLimit without any frame for this long the connection is given up
 * @param answerLimit how long a command may wait for its answer, the connection itself included
 * @param backoffBase the first reconnect waits at most this long, each further one at most twice as
 *     long
 * @param backoffMax no reconnect waits longer
 * @param stableAfter a connection with data for this long resets the back-off
 * @param imageLimit a symbol of a partly refused command without an image after this long is
 *     reported
 * @param queueCapacity events waiting for the consumer; when full, the socket is not read
 * @param keysPerCommand symbols in one command
 * @param messageBytesMax a longer message ends the connection; the images that follow a large
 *     subscription have some megabytes
 * @param chartLayout how the fields of CHART_EQUITY are numbered
 */
public record StreamSettings(
    Duration silenceLimit,
    Duration answerLimit,
    Duration backoffBase,
    Duration backoffMax,
    Duration stableAfter,
    Duration imageLimit,
    int queueCapacity,
    int keysPerCommand,
    int messageBytesMax,
    ChartLayout chartLayout) {

  private static final int MESSAGE_BYTES_MAX = 16 << 20;

  /** What is right for Schwab. */
  public static final StreamSettings SCHWAB =
      new StreamSettings(
          Duration.ofSeconds(15),
          Duration.ofSeconds(15),
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          16_384,
          500);

  /** For a broker on this machine: nobody is hurt by quick reconnects, and images come at once. */
  public static final StreamSettings LOOPBACK =
      new StreamSettings(
          Duration.ofSeconds(15),
          Duration.ofSeconds(15),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofSeconds(3),
          16_384,
          500);

  /** With the usual size limit and the chart layout that is seen on the wire. */
  public StreamSettings(
      Duration silenceLimit,
      Duration answerLimit,
      Duration backoffBase,
      Duration backoffMax,
      Duration stableAfter,
      Duration imageLimit,
      int queueCapacity,
      int keysPerCommand) {
    this(
        silenceLimit,
        answerLimit,
        backoffBase,
        backoffMax,
        stableAfter,
        imageLimit,
        queueCapacity,
        keysPerCommand,
        MESSAGE_BYTES_MAX,
        ChartLayout.OBSERVED);
  }

  /** The same with another layout of CHART_EQUITY. */
  public StreamSettings with(ChartLayout layout) {
    return new StreamSettings(
        silenceLimit,
        answerLimit,
        backoffBase,
        backoffMax,
        stableAfter,
        imageLimit,
        queueCapacity,
        keysPerCommand,
        messageBytesMax,
        layout);
  }

  public StreamSettings {
    if (queueCapacity < 1 || keysPerCommand < 1 || keysPerCommand > 500) {
      throw new IllegalArgumentException("a queue holds at least 1 event, a command 1 to 500 keys");
    }
    if (messageBytesMax < 1 << 16) {
      throw new IllegalArgumentException("a message may have at least 64 KiB");
    }
    if (backoffBase.isNegative() || backoffMax.compareTo(backoffBase) < 0) {
      throw new IllegalArgumentException("back-off must not shrink");
    }
  }
}
