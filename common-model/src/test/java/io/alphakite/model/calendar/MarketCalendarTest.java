package io.alphakite.model.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.alphakite.model.ProjectFiles;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarketCalendarTest {

  private static final MarketCalendar NYSE = MarketCalendar.nyse();

  private static final PublishedCalendar PUBLISHED = PublishedCalendar.read();

  /** Outside oracle: every session of 33 years with its open and close in UTC. */
  @Test
  void agreesWithTheRecordedSessionsOf1990To2022() {
    Map<LocalDate, String> recorded = new TreeMap<>();
    for (String line : ProjectFiles.recordedLines("calendar/nyse_sessions_1990_2022.csv.gz")) {
      int comma = line.indexOf(',');
      recorded.put(LocalDate.parse(line.substring(0, comma)), line.substring(comma + 1));
    }
    Map<LocalDate, String> ours = new TreeMap<>();
    for (LocalDate date = LocalDate.of(1990, 1, 1);
        date.getYear() < 2023;
        date = date.plusDays(1)) {
      NYSE.session(date)
          .ifPresent(session -> ours.put(session.date(), session.open() + "," + session.close()));
    }

    assertThat(recorded).hasSize(8_315);
    assertThat(ours).isEqualTo(recorded);
  }

  /** Outside oracle: the exchange's own lists, see the table's head. */
  @Test
  void agreesWithTheExchangesCalendarsOf2023To2028() {
    for (LocalDate date = PUBLISHED.first();
        !date.isAfter(PUBLISHED.last());
        date = date.plusDays(1)) {
      LocalTime close = PUBLISHED.close(date);

      assertThat(NYSE.session(date).isPresent()).as("session on %s", date).isEqualTo(close != null);
      assertThat(NYSE.isSession(date)).isEqualTo(close != null);
      if (close != null) {
        boolean early = close.getHour() == 13;
        TradingSession session = NYSE.session(date).orElseThrow();
        assertThat(session.earlyClose()).as("early close on %s", date).isEqualTo(early);
        assertThat(NYSE.timeOf(session.close())).isEqualTo(close);
        assertThat(NYSE.timeOf(session.postMarketClose()))
            .isEqualTo(LocalTime.of(early ? 17 : 20, 0));
        assertThat(NYSE.timeOf(session.preMarketOpen())).isEqualTo(LocalTime.of(4, 0));
        assertThat(NYSE.timeOf(session.open())).isEqualTo(LocalTime.of(9, 30));
      }
    }
  }

  /**
   * Each minute of a leap year, a year with a closure that nobody foretold, and one more: dates,
   * times and hours against the exchange's own lists and the rule of the clock changes, worked out
   * without any zone of the JDK.
   */
  @Test
  void r37_everyMinuteOfThreeYearsIsWhereTheExchangesListsPutIt() {
    long checked = 0;
    for (int year = 2024; year <= 2026; year++) {
      Instant forward = instant(nthSunday(year, Month.MARCH, 2), 7);
      Instant back = instant(nthSunday(year, Month.NOVEMBER, 1), 6);
      Instant end = instant(LocalDate.of(year + 1, 1, 1), 5);
      for (Instant minute = instant(LocalDate.of(year, 1, 1), 5);
          minute.isBefore(end);
          minute = minute.plusSeconds(60)) {
        boolean summer = !minute.isBefore(forward) && minute.isBefore(back);
        LocalDateTime eastern =
            LocalDateTime.ofEpochSecond(
                minute.getEpochSecond(), 0, ZoneOffset.ofHours(summer ? -4 : -5));
        LocalTime close = PUBLISHED.close(eastern.toLocalDate());
        int now = eastern.getHour() * 60 + eastern.getMinute();
        boolean regular = close != null && now >= 570 && now < close.getHour() * 60;
        boolean extended =
            close != null && now >= 240 && now < (close.getHour() == 13 ? 17 : 20) * 60;
        if (NYSE.isOpen(minute, TradingHours.REGULAR) != regular
            || NYSE.isOpen(minute, TradingHours.EXTENDED) != extended
            || !NYSE.dateOf(minute).equals(eastern.toLocalDate())
            || !NYSE.timeOf(minute).equals(eastern.toLocalTime())) {
          throw new AssertionError(minute + " is " + eastern + " in New York");
        }
        checked++;
      }
    }
    assertThat(checked).isEqualTo((366 + 365 + 365) * 24 * 60);
  }

  private static Instant instant(LocalDate date, int utcHour) {
    return date.atTime(utcHour, 0).toInstant(ZoneOffset.UTC);
  }

  private static LocalDate nthSunday(int year, Month month, int nth) {
    LocalDate first = LocalDate.of(year, month, 1);
    return first.plusDays((7 - first.getDayOfWeek().getValue()) % 7 + 7L * (nth - 1));
  }

  @ParameterizedTest
  @CsvSource({"2023, 250", "2024, 252", "2025, 250", "2026, 251"})
  void hasTheKnownNumberOfSessionsAYear(int year, int sessions) {
    assertThat(
            LocalDate.of(year, 1, 1)
                .datesUntil(LocalDate.of(year + 1, 1, 1))
                .filter(NYSE::isSession))
        .hasSize(sessions);
  }

  /** A Saturday's holiday is kept on Friday, but not New Year's Day. */
  @ParameterizedTest
  @CsvSource({
    "2027-06-18, false",
    "2027-07-05, false",
    "2027-12-24, false",
    "2027-12-31, true",
    "2028-01-03, true",
    "2034-01-02, false",
    "2035-03-23, false"
  })
  void keepsFutureHolidaysByRule(LocalDate date, boolean session) {
    assertThat(NYSE.isSession(date)).isEqualTo(session);
  }

  @Test
  void opensAtTheSameEasternTimeOnBothSidesOfAClockChange() {
    assertThat(NYSE.session(LocalDate.of(2008, 3, 7)).orElseThrow().open())
        .isEqualTo("2008-03-07T14:30:00Z");
    assertThat(NYSE.session(LocalDate.of(2008, 3, 10)).orElseThrow().open())
        .isEqualTo("2008-03-10T13:30:00Z");
    assertThat(NYSE.session(LocalDate.of(2023, 11, 3)).orElseThrow().open())
        .isEqualTo("2023-11-03T13:30:00Z");
    assertThat(NYSE.session(LocalDate.of(2023, 11, 6)).orElseThrow().open())
        .isEqualTo("2023-11-06T14:30:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "2013-10-08T20:14:59.999Z, 2013-10-08",
    "2013-10-08T20:15:00Z, 2013-10-09",
    "2013-10-09T03:59:59Z, 2013-10-09",
    "2013-10-09T04:00:00Z, 2013-10-09",
    "2013-11-05T21:14:59Z, 2013-11-05", // winter time
    "2015-12-24T18:14:59Z, 2015-12-24", // an early close
    "2015-12-24T18:15:00Z, 2015-12-25",
    "2013-10-12T16:00:00Z, 2013-10-12", // a Saturday
    "1970-01-01T00:00:00Z, 1969-12-31",
  })
  void optionsOfADateAreOverAQuarterOfAnHourAfterItsClose(Instant time, LocalDate firstLive) {
    assertThat(NYSE.firstLiveExpiration(time)).isEqualTo(firstLive);
  }

  @Test
  void tellsEasternDateAndTime() {
    Instant lateEvening = Instant.parse("2013-10-08T03:59:59.999Z");

    assertThat(NYSE.dateOf(lateEvening)).isEqualTo("2013-10-07");
    assertThat(NYSE.timeOf(lateEvening)).isEqualTo("23:59:59.999");
    assertThat(NYSE.dateOf(lateEvening.plusMillis(1))).isEqualTo("2013-10-08");
    assertThat(NYSE.dateOf(lateEvening)).isEqualTo("2013-10-07");
    assertThat(NYSE.at(LocalDate.of(2013, 10, 7), LocalTime.of(9, 30)))
        .isEqualTo("2013-10-07T13:30:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "2013-10-07T07:59:59.999Z, false, false",
    "2013-10-07T08:00:00Z,     false, true",
    "2013-10-07T13:29:59.999Z, false, true",
    "2013-10-07T13:30:00Z,     true,  true",
    "2013-10-07T19:59:59.999Z, true,  true",
    "2013-10-07T20:00:00Z,     false, true",
    "2013-10-07T23:59:59.999Z, false, true",
    "2013-10-08T00:00:00Z,     false, false",
    // The early close of 2015-12-24.
    "2015-12-24T17:59:59.999Z, true,  true",
    "2015-12-24T18:00:00Z,     false, true",
    "2015-12-24T21:59:59.999Z, false, true",
    "2015-12-24T22:00:00Z,     false, false",
    // A Sunday, a holiday, and long before the calendar begins.
    "2013-10-06T15:00:00Z,     false, false",
    "2013-11-28T15:00:00Z,     false, false",
    "1970-01-01T00:00:00Z,     false, false"
  })
  void hoursIncludeTheirStartAndExcludeTheirEnd(Instant time, boolean regular, boolean extended) {
    assertThat(NYSE.isOpen(time, TradingHours.REGULAR)).isEqualTo(regular);
    assertThat(NYSE.isOpen(time, TradingHours.EXTENDED)).isEqualTo(extended);
    assertThat(NYSE.isOpen(time, TradingHours.ALWAYS)).isTrue();
  }

  @Test
  void stepsFromSessionToSession() {
    assertThat(NYSE.nextSession(LocalDate.of(2001, 9, 10)).date()).isEqualTo("2001-09-17");
    assertThat(NYSE.previousSession(LocalDate.of(2001, 9, 17)).date()).isEqualTo("2001-09-10");
    assertThat(NYSE.nextSession(LocalDate.of(2013, 10, 4)).date()).isEqualTo("2013-10-07");
    assertThat(NYSE.nextSession(LocalDate.of(1950, 1, 1)).date()).isEqualTo("1990-01-02");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NYSE.previousSession(LocalDate.of(1990, 1, 2)));
  }

  @ParameterizedTest
  @CsvSource({
    // time, last reset (regular), last reset (extended)
    "2013-10-07T07:59:59.999Z, 2013-10-04T13:30:00Z, 2013-10-04T13:30:00Z",
    "2013-10-07T08:00:00Z,     2013-10-04T13:30:00Z, 2013-10-07T08:00:00Z",
    "2013-10-07T13:29:59.999Z, 2013-10-04T13:30:00Z, 2013-10-07T08:00:00Z",
    "2013-10-07T13:30:00Z,     2013-10-07T13:30:00Z, 2013-10-07T13:30:00Z",
    "2013-10-07T20:00:00Z,     2013-10-07T13:30:00Z, 2013-10-07T13:30:00Z",
    "2013-10-08T02:00:00Z,     2013-10-07T13:30:00Z, 2013-10-07T13:30:00Z",
    "2013-10-12T15:00:00Z,     2013-10-11T13:30:00Z, 2013-10-11T13:30:00Z",
    // Thanksgiving
    "2013-11-28T15:00:00Z,     2013-11-27T14:30:00Z, 2013-11-27T14:30:00Z"
  })
  void knowsTheLastVwapReset(Instant time, Instant regular, Instant extended) {
    assertThat(NYSE.lastVwapReset(time, TradingHours.REGULAR)).isEqualTo(regular);
    assertThat(NYSE.lastVwapReset(time, TradingHours.EXTENDED)).isEqualTo(extended);
    assertThat(NYSE.lastVwapReset(time, TradingHours.ALWAYS)).isEqualTo(extended);
  }

  /** Walks a fortnight with a holiday, an early close and a clock change in quarter hours. */
  @ParameterizedTest
  @EnumSource(TradingHours.class)
  void nextResetIsWhereTheLastResetChanges(TradingHours hours) {
    for (String start : List.of("2013-10-31T00:00:00Z", "2013-11-26T00:00:00Z")) {
      Instant from = Instant.parse(start);
      for (int quarter = 0; quarter < 7 * 96; quarter++) {
        Instant time = from.plusSeconds(900L * quarter);
        Instant next = NYSE.nextVwapReset(time, hours);

        assertThat(next).isAfter(time);
        assertThat(NYSE.lastVwapReset(next, hours)).isEqualTo(next);
        assertThat(NYSE.lastVwapReset(next.minusMillis(1), hours))
            .isEqualTo(NYSE.lastVwapReset(time, hours));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TradingHours.class)
  void readsTheLabelOfTradingHours(TradingHours hours) {
    assertThat(TradingHours.parse(hours.label())).isEqualTo(hours);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Regular", "REGULAR", "rth"})
  void refusesOtherTradingHours(String label) {
    assertThatIllegalArgumentException().isThrownBy(() -> TradingHours.parse(label));
  }
}
