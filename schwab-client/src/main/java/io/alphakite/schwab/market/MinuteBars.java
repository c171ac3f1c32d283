package io.alphakite.schwab.market;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.SchwabException;
import java.time.Instant;
import java.util.List;

/** The one-minute candles of the past, for whoever needs no more of the market than that. */
public interface MinuteBars {

  /**
   * One-minute candles that start in [from, to), oldest first, each start once; minutes without
   * trades are absent. Schwab keeps about 48 days of them. The newest candle of a running session
   * may still change. More than ten days are asked for in several calls.
   *
   * @param extendedHours whether candles outside 09:30-16:00 Eastern are wanted too
   * @throws IllegalArgumentException when it is more than 60 days
   * @throws SchwabException when there is no answer to be had
   */
  List<Bar> minuteBars(Ticker ticker, Instant from, Instant to, boolean extendedHours);
}
