package io.alphakite.schwab.market;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.SchwabException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Schwab's market data by REST ({@code /marketdata/v1}). Safe for use by many threads; calls block.
 */
public interface MarketData {

  /**
   * One-minute candles that start in [from, to), oldest first, each start once; minutes without
   * trades are absent. Schwab keeps about 48 days of them. The newest candle of a running session
   * may still change.
   *
   * @param extendedHours whether candles outside 09:30-16:00 Eastern are wanted too
   * @throws SchwabException when there is no answer to be had
   */
  List<Bar> minuteBars(Ticker ticker, Instant from, Instant to, boolean extendedHours);

  /**
   * The quotes of these symbols; one that Schwab does not know is absent.
   *
   * @throws SchwabException when there is no answer to be had
   */
  Map<Ticker, EquityQuote> quotes(Collection<Ticker> tickers);
}
