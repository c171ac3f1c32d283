package io.alphakite.suite.download;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.schwab.market.HistoryRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The candles that Schwab's price history has. */
enum HistoryInterval {
  M1("1m", 1),
  M5("5m", 5),
  M10("10m", 10),
  M15("15m", 15),
  M30("30m", 30),
  D1("1d", 0);

  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();

  /** Schwab answers ten days of minutes at a time, and twenty years of days. */
  private static final int MINUTE_PAGE_DAYS = 10;

  private static final int DAILY_PAGE_DAYS = 3_650;

  private final String label;
  private final int minutes;

  HistoryInterval(String label, int minutes) {
    this.label = label;
    this.minutes = minutes;
  }

  String label() {
    return label;
  }

  boolean daily() {
    return minutes == 0;
  }

  /** How many calendar days one call may ask for. */
  int pageDays() {
    return daily() ? DAILY_PAGE_DAYS : MINUTE_PAGE_DAYS;
  }

  /** The call for these Eastern dates, both included. */
  HistoryRequest request(String symbol, LocalDate first, LocalDate last, boolean extended) {
    Instant from = CALENDAR.at(first, LocalTime.MIDNIGHT);
    Instant to = CALENDAR.at(last.plusDays(1), LocalTime.MIDNIGHT);
    return daily()
        ? HistoryRequest.candles(symbol, HistoryRequest.FrequencyType.DAILY, from, to)
        : HistoryRequest.minutes(symbol, minutes, from, to, extended);
  }

  /** Whether a candle that starts then cannot change any more. */
  boolean finished(Instant start, Instant marketNow) {
    return daily()
        ? CALENDAR.dateOf(start).isBefore(CALENDAR.dateOf(marketNow))
        : !start.plus(Duration.ofMinutes(minutes)).isAfter(marketNow);
  }

  static HistoryInterval parse(String label) {
    return Arrays.stream(values())
        .filter(interval -> interval.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--interval "
                        + label
                        + ": one of "
                        + Arrays.stream(values())
                            .map(HistoryInterval::label)
                            .collect(Collectors.joining(", "))));
  }
}
