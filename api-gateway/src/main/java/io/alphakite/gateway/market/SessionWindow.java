package io.alphakite.gateway.market;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.calendar.TradingSession;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;

/**
 * A span of market time.
 *
 * @param from inclusive
 * @param to exclusive
 */
record SessionWindow(Instant from, Instant to) {

  /** The whole Eastern date of the session that this moment lies in, else of the last before it. */
  static SessionWindow at(Instant now, MarketCalendar calendar, TradingHours hours) {
    LocalDate date = calendar.dateOf(now);
    boolean begun =
        calendar
            .session(date)
            .map(session -> hours == TradingHours.ALWAYS || !now.isBefore(session.start(hours)))
            .orElse(hours == TradingHours.ALWAYS);
    if (begun) {
      return of(date, calendar);
    }
    TradingSession last = calendar.previousSession(date);
    return of(last.date(), calendar);
  }

  /** A whole Eastern date. */
  static SessionWindow of(LocalDate date, MarketCalendar calendar) {
    return new SessionWindow(
        calendar.at(date, LocalTime.MIDNIGHT), calendar.at(date.plusDays(1), LocalTime.MIDNIGHT));
  }
}
