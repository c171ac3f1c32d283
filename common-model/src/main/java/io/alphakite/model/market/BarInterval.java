package io.alphakite.model.market;

import java.time.Duration;

/** The lengths of a bar that clients can ask for. */
public enum BarInterval {
  S1("1s", Duration.ofSeconds(1)),
  S5("5s", Duration.ofSeconds(5)),
  M1("1m", Duration.ofMinutes(1)),
  M5("5m", Duration.ofMinutes(5)),
  M15("15m", Duration.ofMinutes(15)),
  H1("1h", Duration.ofHours(1)),
  /** One Eastern calendar date; of the two days a year with a clock change, 23 or 25 hours. */
  D1("1d", Duration.ofDays(1));

  private final String label;
  private final Duration duration;

  BarInterval(String label, Duration duration) {
    this.label = label;
    this.duration = duration;
  }

  /** As settings and requests write it: {@code 1s}, {@code 5m}, {@code 1d}. */
  public String label() {
    return label;
  }

  /** The nominal length. */
  public Duration duration() {
    return duration;
  }

  /**
   * The interval with this label.
   *
   * @throws IllegalArgumentException when no interval has this label
   */
  public static BarInterval parse(String label) {
    for (BarInterval interval : values()) {
      if (interval.label.equals(label)) {
        return interval;
      }
    }
    throw new IllegalArgumentException(
        "Not a bar interval: \"" + label + "\" (1s, 5s, 1m, 5m, 15m, 1h or 1d)");
  }
}
