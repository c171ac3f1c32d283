package io.alphakite.simulator.market.option;

import io.alphakite.model.calendar.MarketCalendar;
import java.time.LocalDate;
import java.time.LocalTime;

/** New York times as epoch milliseconds. */
final class LocalDateTimes {
  private LocalDateTimes() {}

  static long eastern(int year, int month, int day, LocalTime time) {
    return MarketCalendar.nyse().at(LocalDate.of(year, month, day), time).toEpochMilli();
  }

  static long closeOf(int year, int month, int day) {
    return eastern(year, month, day, LocalTime.of(16, 0));
  }
}
