package io.alphakite.streaming.store;

import io.alphakite.platform.settings.Settings;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * When to flush.
 *
 * @param batchSize {@code BATCH_SIZE}: so many changed rows start a flush
 * @param batchInterval {@code BATCH_INTERVAL}: so long after the last flush began the next one
 *     starts, if anything waits
 * @param rowsMax {@code BUFFER_ROWS}: rows that may wait in memory; then the stream is not read any
 *     more. From half of that on a database that is away has them written to disk
 */
public record StoreSettings(int batchSize, Duration batchInterval, int rowsMax) {

  private static final int BATCH_MAX = 100_000;
  private static final int ROWS = 100_000;
  private static final int ROWS_MIN = 1_000;
  private static final int ROWS_MAX = 1_000_000;
  private static final BigDecimal INTERVAL_MIN = new BigDecimal("0.001");
  private static final BigDecimal INTERVAL_MAX = new BigDecimal("3600");

  /** Reads {@code BATCH_SIZE}, {@code BATCH_INTERVAL} and {@code BUFFER_ROWS}. */
  public static StoreSettings from(Settings settings) {
    return new StoreSettings(
        settings.integer("BATCH_SIZE", 1, 1, BATCH_MAX),
        Duration.ofNanos(
            settings
                .decimal("BATCH_INTERVAL", BigDecimal.ONE, INTERVAL_MIN, INTERVAL_MAX)
                .movePointRight(9)
                .longValue()),
        settings.integer("BUFFER_ROWS", ROWS, ROWS_MIN, ROWS_MAX));
  }
}
