package io.alphakite.platform.version;

/**
 * What a service said of itself.
 *
 * @param build as in its jar
 * @param schema the newest migration that it knows
 * @param contract of what the services tell one another
 * @param contractOldest the oldest contract of another service that it works with
 * @param secondsAgo when it last said so
 */
public record ServiceVersion(
    String service, String build, int schema, int contract, int contractOldest, long secondsAgo) {

  /** Somewhat more than four reports that did not come. */
  static final long FRESH_SECONDS = 45;

  /** Whether it runs, as far as this tells. */
  public boolean fresh() {
    return secondsAgo <= FRESH_SECONDS;
  }
}
