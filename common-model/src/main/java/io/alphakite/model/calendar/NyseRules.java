package io.alphakite.model.calendar;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Month;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The exchange's holidays and early closes since 1990: rules with the year they began, and the days
 * that no rule foretells.
 *
 * <p>Source: NYSE Rule 7.2 and the exchange's yearly calendars. A holiday on a Sunday is kept on
 * Monday, one on a Saturday on Friday, but New Year's Day on a Saturday is not kept, since Friday
 * is the last day of the accounting year. Early closes were at 14:00 until 1992 and are at 13:00
 * since.
 */
final class NyseRules {

  static final LocalDate FIRST_DATE = LocalDate.of(1990, 1, 1);

  private static final int MARTIN_LUTHER_KING_SINCE = 1998;
  private static final int JUNETEENTH_SINCE = 2022;
  private static final int EARLY_AFTER_THANKSGIVING_SINCE = 1992;
  private static final int EARLY_AT_13_SINCE = 1993;
  private static final int EARLY_AROUND_JULY_4_SINCE = 1995;
  // Until then a Thursday the 4th shortened Friday the 5th, not Wednesday the 3rd.
  private static final int EARLY_ON_WEDNESDAY_JULY_3_SINCE = 2013;

  private static final LocalTime EARLY_14 = LocalTime.of(14, 0);
  private static final LocalTime EARLY_13 = LocalTime.of(13, 0);

  private static final Set<LocalDate> CLOSED_ONCE =
      Set.of(
          LocalDate.of(1994, 4, 27), // funeral of President Nixon
          LocalDate.of(2001, 9, 11), // attacks of 11 September, to the 14th
          LocalDate.of(2001, 9, 12),
          LocalDate.of(2001, 9, 13),
          LocalDate.of(2001, 9, 14),
          LocalDate.of(2004, 6, 11), // mourning for President Reagan
          LocalDate.of(2007, 1, 2), // mourning for President Ford
          LocalDate.of(2012, 10, 29), // hurricane Sandy
          LocalDate.of(2012, 10, 30),
          LocalDate.of(2018, 12, 5), // mourning for President G. H. W. Bush
          LocalDate.of(2025, 1, 9)); // mourning for President Carter

  private static final Map<LocalDate, LocalTime> EARLY_ONCE =
      Map.of(
          LocalDate.of(1997, 12, 26), EARLY_13,
          LocalDate.of(1999, 12, 31), EARLY_13,
          LocalDate.of(2003, 12, 26), EARLY_13);

  private NyseRules() {}

  static boolean isSession(LocalDate date) {
    return !date.isBefore(FIRST_DATE)
        && date.getDayOfWeek().compareTo(DayOfWeek.FRIDAY) <= 0
        && !CLOSED_ONCE.contains(date)
        && !isHoliday(date);
  }

  /** The early close of a session, or null where it closes as usual. */
  static @Nullable LocalTime earlyClose(LocalDate session) {
    LocalTime once = EARLY_ONCE.get(session);
    if (once != null) {
      return once;
    }
    if (!isEarlyByRule(session)) {
      return null;
    }
    return session.getYear() < EARLY_AT_13_SINCE ? EARLY_14 : EARLY_13;
  }

  private static boolean isHoliday(LocalDate date) {
    int year = date.getYear();
    return switch (date.getMonth()) {
      case JANUARY ->
          isNewYear(date) || (year >= MARTIN_LUTHER_KING_SINCE && isNth(date, 3, DayOfWeek.MONDAY));
      case FEBRUARY -> isNth(date, 3, DayOfWeek.MONDAY); // Washington's Birthday
      case MARCH, APRIL -> date.equals(easter(year).minusDays(2)); // Good Friday
      case MAY -> date.getDayOfWeek() == DayOfWeek.MONDAY && date.getDayOfMonth() > 24; // Memorial
      case JUNE -> year >= JUNETEENTH_SINCE && isKeptFor(date, LocalDate.of(year, Month.JUNE, 19));
      case JULY -> isKeptFor(date, LocalDate.of(year, Month.JULY, 4));
      case SEPTEMBER -> isNth(date, 1, DayOfWeek.MONDAY); // Labor Day
      case NOVEMBER -> isNth(date, 4, DayOfWeek.THURSDAY); // Thanksgiving
      case DECEMBER -> isKeptFor(date, LocalDate.of(year, Month.DECEMBER, 25));
      case AUGUST, OCTOBER -> false;
    };
  }

  private static boolean isNewYear(LocalDate date) {
    int day = date.getDayOfMonth();
    return day == 1 || (day == 2 && date.getDayOfWeek() == DayOfWeek.MONDAY);
  }

  private static boolean isNth(LocalDate date, int nth, DayOfWeek weekday) {
    return date.getDayOfWeek() == weekday && (date.getDayOfMonth() + 6) / 7 == nth;
  }

  private static boolean isKeptFor(LocalDate date, LocalDate holiday) {
    return date.equals(
        switch (holiday.getDayOfWeek()) {
          case SATURDAY -> holiday.minusDays(1);
          case SUNDAY -> holiday.plusDays(1);
          case MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY -> holiday;
        });
  }

  private static boolean isEarlyByRule(LocalDate session) {
    int year = session.getYear();
    int day = session.getDayOfMonth();
    DayOfWeek weekday = session.getDayOfWeek();
    return switch (session.getMonth()) {
      case JULY -> year >= EARLY_AROUND_JULY_4_SINCE && isEarlyAroundJuly4(year, day, weekday);
      case NOVEMBER ->
          year >= EARLY_AFTER_THANKSGIVING_SINCE
              && isNth(session.minusDays(1), 4, DayOfWeek.THURSDAY);
      // On a Friday the 24th is the holiday itself, kept for a Saturday.
      case DECEMBER -> day == 24;
      case JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE, AUGUST, SEPTEMBER, OCTOBER -> false;
    };
  }

  private static boolean isEarlyAroundJuly4(int year, int day, DayOfWeek weekday) {
    if (year < EARLY_ON_WEDNESDAY_JULY_3_SINCE) {
      return (day == 3 && weekday != DayOfWeek.WEDNESDAY)
          || (day == 5 && weekday == DayOfWeek.FRIDAY);
    }
    // On a Friday the 3rd is the holiday itself, kept for a Saturday.
    return day == 3;
  }

  /** Easter Sunday by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, ch. 8). */
  private static LocalDate easter(int year) {
    int a = year % 19;
    int b = year / 100;
    int c = year % 100;
    int d = b / 4;
    int e = b % 4;
    int f = (b + 8) / 25;
    int g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4;
    int k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return LocalDate.of(year, n / 31, n % 31 + 1);
  }
}
