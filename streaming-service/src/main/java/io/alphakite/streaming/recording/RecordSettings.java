package io.alphakite.streaming.recording;

import io.alphakite.platform.settings.Settings;
import java.nio.file.Path;

/**
 * Whether and where frames are recorded.
 *
 * @param record {@code RECORD_FRAMES}: unless {@code ./kite record} says otherwise
 * @param directory {@code RECORD_DIR}
 * @param bytesMax {@code RECORD_MAX_BYTES}: of all recordings together; above it the oldest go
 */
public record RecordSettings(boolean record, Path directory, long bytesMax) {
  private static final long BYTES_MIN = 1L << 20;

  /**
   * Reads the three settings.
   *
   * @throws io.alphakite.platform.settings.SettingsException naming the one that cannot be used
   */
  public static RecordSettings from(Settings settings) {
    return new RecordSettings(
        settings.flag("RECORD_FRAMES", false),
        Path.of(settings.text("RECORD_DIR", ".kite/recordings")),
        settings.parsed(
            "RECORD_MAX_BYTES",
            "10000000000",
            "a number of bytes from " + BYTES_MIN,
            text -> {
              long bytes = Long.parseLong(text);
              if (bytes < BYTES_MIN) {
                throw new IllegalArgumentException(text);
              }
              return bytes;
            }));
  }
}
