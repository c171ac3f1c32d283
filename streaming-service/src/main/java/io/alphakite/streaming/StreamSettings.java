package io.alphakite.streaming;

import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What is streamed.
 *
 * @param tickers {@code STREAM_TICKERS}, or its alias {@code STREAM_TICKER}; each once, in order
 * @param hours {@code STREAM_HOURS}
 * @param bars {@code INDICATOR_BAR}
 * @param options {@code STREAM_OPTIONS}
 */
record StreamSettings(
    List<Ticker> tickers, TradingHours hours, MovingAverage.Bars bars, boolean options) {
  /** Schwab's limit of symbols for one service. */
  private static final int TICKERS_MAX = 3_000;

  static StreamSettings from(Settings settings) {
    String name =
        settings.text("STREAM_TICKERS").isEmpty() && settings.text("STREAM_TICKER").isPresent()
            ? "STREAM_TICKER"
            : "STREAM_TICKERS";
    return new StreamSettings(
        settings.parsed(
            name,
            "QQQ",
            "a comma-separated list of tickers in capitals, e.g. QQQ,BRK.B,$SPX",
            StreamSettings::tickers),
        settings.parsed(
            "STREAM_HOURS", "regular", "regular, extended or always", TradingHours::parse),
        settings.parsed("INDICATOR_BAR", "1m", "1m, 5m, 1s or tick", MovingAverage.Bars::parse),
        settings.flag("STREAM_OPTIONS", true));
  }

  private static List<Ticker> tickers(String text) {
    TreeSet<Ticker> tickers = new TreeSet<>();
    for (String symbol : text.split(",", -1)) {
      tickers.add(Ticker.of(symbol));
    }
    if (tickers.size() > TICKERS_MAX) {
      throw new IllegalArgumentException(tickers.size() + " tickers");
    }
    return new ArrayList<>(tickers);
  }
}
