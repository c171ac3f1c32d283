package io.alphakite.streaming.option;

import io.alphakite.platform.settings.Settings;

/**
 * Which options are streamed.
 *
 * @param streamed {@code STREAM_OPTIONS}
 * @param strikes {@code STREAM_OPTION_STRIKES}: so many on each side of the one at the money
 * @param expirations {@code STREAM_OPTION_EXPIRATIONS}: so many of the nearest
 */
public record OptionSettings(boolean streamed, int strikes, int expirations) {

  private static final int STRIKES_MAX = 50;
  private static final int EXPIRATIONS_MAX = 20;

  /** Reads the three settings. */
  public static OptionSettings from(Settings settings) {
    return new OptionSettings(
        settings.flag("STREAM_OPTIONS", true),
        settings.integer("STREAM_OPTION_STRIKES", 2, 0, STRIKES_MAX),
        settings.integer("STREAM_OPTION_EXPIRATIONS", 1, 1, EXPIRATIONS_MAX));
  }
}
