package io.alphakite.streaming.watch;

import java.util.Locale;

/** Why one ticker is silent while the feed as a whole is not. */
public enum TickerSilence {
  /** It trades so rarely that its silence is nothing unusual. */
  QUIET,
  /** Schwab says that trading in it is halted (security status). */
  HALTED,
  /** It never is silent for so long while others flow: most likely a halt. */
  SILENT;

  /** As tables write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
