package io.alphakite.simulator.market;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingSession;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which recorded day is presented on which session. Either session k is the k-th full-length NYSE
 * session from the first and shows recorded day k modulo their number, for ever; or each recorded
 * day is presented on its own date, and the last is the end. Not thread-safe.
 */
public final class SessionSchedule {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();

  private static final LocalTime PRICES_TURN = LocalTime.of(3, 30);
  private static final LocalTime VOLUME_TURN = LocalTime.of(7, 28);

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private final List<LocalDate> recorded;
  private final List<LocalDate> sessions = new ArrayList<>();
  private final boolean ownDates;

  private SessionSchedule(List<LocalDate> recorded, boolean ownDates) {
    this.recorded = recorded;
    this.ownDates = ownDates;
  }

  /** The recorded days again and again, on the sessions from {@code first}. */
  static SessionSchedule repeating(LocalDate first, List<LocalDate> recorded) {
    SessionSchedule schedule = new SessionSchedule(recorded, false);
    schedule.sessions.add(first);
    return schedule;
  }

  /** The recorded days once, on their own dates. */
  static SessionSchedule once(List<LocalDate> recorded) {
    SessionSchedule schedule = new SessionSchedule(recorded, true);
    schedule.sessions.addAll(recorded);
    return schedule;
  }

  /** Whether no session follows session k. */
  boolean isLast(int k) {
    return ownDates && k >= sessions.size() - 1;
  }

  /** Date of session k. */
  public LocalDate date(int k) {
    while (sessions.size() <= k) {
      TradingSession next = CALENDAR.nextSession(sessions.getLast());
      while (next.earlyClose()) {
        next = CALENDAR.nextSession(next.date());
      }
      sessions.add(next.date());
    }
    return sessions.get(k);
  }

  /** The recorded day that session k shows. */
  public LocalDate recordedDate(int k) {
    return recorded.get(Math.floorMod(k, recorded.size()));
  }

  /** Number of the first session on or after a date; of the last one when there is none. */
  public int indexFrom(LocalDate date) {
    int k = 0;
    while (date(k).isBefore(date) && !isLast(k)) {
      k++;
    }
    return k;
  }

  /** Number of the session on, or next after, the New York date of a moment. */
  int indexAt(long millis) {
    return indexFrom(CALENDAR.dateOf(Instant.ofEpochMilli(millis)));
  }

  /** Epoch milliseconds of New York midnight at the start of session k. */
  long midnight(int k) {
    return CALENDAR.at(date(k), LocalTime.MIDNIGHT).toEpochMilli();
  }

  /** The next moment after a time at which the day's figures turn: 03:30 or 07:28 in New York. */
  long nextTurn(long millis) {
    LocalDate date = CALENDAR.dateOf(Instant.ofEpochMilli(millis));
    for (LocalTime turn : List.of(PRICES_TURN, VOLUME_TURN)) {
      long moment = CALENDAR.at(date, turn).toEpochMilli();
      if (moment > millis) {
        return moment;
      }
    }
    return CALENDAR.at(date.plusDays(1), PRICES_TURN).toEpochMilli();
  }

  /** Whether it is the volume that turns at this moment. */
  boolean isVolumeTurn(long millis) {
    return CALENDAR.timeOf(Instant.ofEpochMilli(millis)).equals(VOLUME_TURN);
  }

  /** New York's date, which turns at 03:30. */
  static LocalDate tradingDate(Instant time) {
    LocalDate date = CALENDAR.dateOf(time);
    return CALENDAR.timeOf(time).isBefore(PRICES_TURN) ? date.minusDays(1) : date;
  }

  /** A moment as New York date and time, for people. */
  public static String easternText(Instant time) {
    return CALENDAR.dateOf(time) + " " + CLOCK.format(CALENDAR.timeOf(time));
  }
}
