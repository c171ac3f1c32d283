package io.alphakite.streaming.spill;

import io.alphakite.platform.settings.Settings;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how much waits on disk while the database is away.
 *
 * @param directory {@code SPILL_DIR}; made when first needed
 * @param maxBytes {@code SPILL_MAX_MB}; 0 turns the files off
 * @param after {@code SPILL_AFTER}: how long the database fails before the files are used, unless
 *     memory is half full before
 */
public record SpillSettings(Path directory, long maxBytes, Duration after) {
  private static final int MB = 1_000_000;

  /** Reads {@code SPILL_DIR}, {@code SPILL_MAX_MB} and {@code SPILL_AFTER}. */
  public static SpillSettings from(Settings settings) {
    return new SpillSettings(
        Path.of(settings.text("SPILL_DIR", ".kite/spill")),
        (long) settings.integer("SPILL_MAX_MB", 2_000, 0, 1_000_000) * MB,
        Duration.ofNanos(
            settings
                .decimal("SPILL_AFTER", BigDecimal.TWO, BigDecimal.ZERO, new BigDecimal("3600"))
                .movePointRight(9)
                .longValue()));
  }
}
