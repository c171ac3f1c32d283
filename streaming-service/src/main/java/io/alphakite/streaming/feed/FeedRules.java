package io.alphakite.streaming.feed;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;

/**
 * What is the same for every ticker.
 *
 * @param hours {@code STREAM_HOURS}: a tick outside only moves the day-volume base
 * @param bars {@code INDICATOR_BAR}: the bars of the moving average
 */
public record FeedRules(MarketCalendar calendar, TradingHours hours, MovingAverage.Bars bars) {

  /** Bars in the moving average: SMA9. */
  public static final int PERIOD = 9;
}
