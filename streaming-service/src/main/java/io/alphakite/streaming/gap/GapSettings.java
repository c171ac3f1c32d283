package io.alphakite.streaming.gap;

import io.alphakite.platform.settings.Settings;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * How a price history that did not answer is asked again.
 *
 * @param retry {@code GAP_RETRY_SECONDS}: the first pause, which doubles up to {@link #RETRY_MAX}
 * @param attempts {@code GAP_ATTEMPTS}: then the gap is unavailable
 */
public record GapSettings(Duration retry, int attempts) {
  /** The longest pause between two attempts. */
  public static final Duration RETRY_MAX = Duration.ofMinutes(5);

  private static final BigDecimal RETRY_DEFAULT = new BigDecimal(5);
  private static final BigDecimal RETRY_LEAST = new BigDecimal("0.01");
  private static final BigDecimal RETRY_MOST = new BigDecimal(300);
  private static final int ATTEMPTS_DEFAULT = 20;
  private static final int ATTEMPTS_MOST = 1_000;

  /** Reads the settings. */
  public static GapSettings from(Settings settings) {
    return new GapSettings(
        Duration.ofNanos(
            settings
                .decimal("GAP_RETRY_SECONDS", RETRY_DEFAULT, RETRY_LEAST, RETRY_MOST)
                .movePointRight(9)
                .longValue()),
        settings.integer("GAP_ATTEMPTS", ATTEMPTS_DEFAULT, 1, ATTEMPTS_MOST));
  }

  /** The pause after so many attempts that failed. */
  Duration pause(int failed) {
    Duration pause = retry;
    for (int i = 1; i < failed && pause.compareTo(RETRY_MAX) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(RETRY_MAX) < 0 ? pause : RETRY_MAX;
  }
}
