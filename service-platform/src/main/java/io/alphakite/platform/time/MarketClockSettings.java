package io.alphakite.platform.time;

import io.alphakite.platform.settings.Settings;

/** {@code MARKET_CLOCK}: where market time comes from. */
public enum MarketClockSettings {
  /** The machine's clock: live trading. */
  WALL,
  /** The newest committed event: replays and simulation. */
  FEED;

  /** Reads the setting; wall unless told. */
  public static MarketClockSettings from(Settings settings) {
    return settings.parsed(
        "MARKET_CLOCK",
        "wall",
        "wall or feed",
        text ->
            switch (text) {
              case "wall" -> WALL;
              case "feed" -> FEED;
              default -> throw new IllegalArgumentException(text);
            });
  }
}
