package io.alphakite.schwab.market;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /pricehistory}.
 *
 * @param bars oldest first, each start once; the newest of a running session may still change
 * @param previousClose before the first candle; null unless it was asked for
 * @param unreadable candles left out because a part of them was missing or no number
 */
public record Candles(
    String symbol,
    List<Bar> bars,
    @Nullable Price previousClose,
    @Nullable LocalDate previousCloseDate,
    int unreadable) {

  public Candles {
    bars = List.copyOf(bars);
  }

  /**
   * The date of a daily, weekly or monthly candle. They start at 00:00 US Central, which is an hour
   * later in the east and so the same date.
   */
  public static LocalDate date(Bar bar) {
    return MarketCalendar.nyse().dateOf(bar.start());
  }
}
