package io.alphakite.streaming;

import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.tickers.TickerBook;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What is streamed.
 *
 * @param tickers {@code STREAM_TICKERS}, or its alias {@code STREAM_TICKER}; each once, in order
 * @param tickersMax {@code STREAM_TICKERS_MAX}: how many may be streamed, those that people add
 *     included
 * @param hours {@code STREAM_HOURS}
 * @param bars {@code INDICATOR_BAR}
 */
record StreamSettings(
    List<Ticker> tickers, int tickersMax, TradingHours hours, MovingAverage.Bars bars) {

  static StreamSettings from(Settings settings) {
    String name =
        settings.text("STREAM_TICKERS").isEmpty() && settings.text("STREAM_TICKER").isPresent()
            ? "STREAM_TICKER"
            : "STREAM_TICKERS";
    int tickersMax = TickerBook.tickersMax(settings);
    return new StreamSettings(
        settings.parsed(
            name,
            "QQQ",
            "a comma-separated list of at most "
                + tickersMax
                + " tickers in capitals, e.g. QQQ,BRK.B,$SPX",
            text -> tickers(text, tickersMax)),
        tickersMax,
        settings.parsed(
            "STREAM_HOURS", "regular", "regular, extended or always", TradingHours::parse),
        settings.parsed("INDICATOR_BAR", "1m", "1m, 5m, 1s or tick", MovingAverage.Bars::parse));
  }

  private static List<Ticker> tickers(String text, int max) {
    TreeSet<Ticker> tickers = new TreeSet<>();
    for (String symbol : text.split(",", -1)) {
      tickers.add(Ticker.of(symbol));
    }
    if (tickers.size() > max) {
      throw new IllegalArgumentException(tickers.size() + " tickers");
    }
    return new ArrayList<>(tickers);
  }
}
