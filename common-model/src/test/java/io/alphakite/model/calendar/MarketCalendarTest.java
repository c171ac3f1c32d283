package io.alphakite.model.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.alphakite.model.ProjectFiles;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
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

  /** Weekdays on which the exchange was, or says it will be, closed; from its yearly calendars. */
  private static final List<String> CLOSED_2023_2026 =
      List.of(
          "2023-01-02",
          "2023-01-16",
          "2023-02-20",
          "2023-04-07",
          "2023-05-29",
          "2023-06-19",
          "2023-07-04",
          "2023-09-04",
          "2023-11-23",
          "2023-12-25",
          "2024-01-01",
          "2024-01-15",
          "2024-02-19",
          "2024-03-29",
          "2024-05-27",
          "2024-06-19",
          "2024-07-04",
          "2024-09-02",
          "2024-11-28",
          "2024-12-25",
          "2025-01-01",
          "2025-01-09",
          "2025-01-20",
          "2025-02-17",
          "2025-04-18",
          "2025-05-26",
          "2025-06-19",
          "2025-07-04",
          "2025-09-01",
          "2025-11-27",
          "2025-12-25",
          "2026-01-01",
          "2026-01-19",
          "2026-02-16",
          "2026-04-03",
          "2026-05-25",
          "2026-06-19",
          "2026-07-03",
          "2026-09-07",
          "2026-11-26",
          "2026-12-25");

  private static final List<String> CLOSED_AT_13_2023_2026 =
      List.of(
          "2023-07-03",
          "2023-11-24",
          "2024-07-03",
          "2024-11-29",
          "2024-12-24",
          "2025-07-03",
          "2025-11-28",
          "2025-12-24",
          "2026-11-27",
          "2026-12-24");

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

  @Test
  void agreesWithTheExchangesCalendarsOf2023To2026() {
    for (LocalDate date = LocalDate.of(2023, 1, 1);
        date.getYear() < 2027;
        date = date.plusDays(1)) {
      boolean weekend =
          date.getDayOfWeek() == DayOfWeek.SATURDAY || date.getDayOfWeek() == DayOfWeek.SUNDAY;
      boolean closed = weekend || CLOSED_2023_2026.contains(date.toString());
      boolean early = CLOSED_AT_13_2023_2026.contains(date.toString());

      assertThat(NYSE.session(date).isPresent()).as("session on %s", date).isEqualTo(!closed);
      assertThat(NYSE.isSession(date)).isEqualTo(!closed);
      if (!closed) {
        TradingSession session = NYSE.session(date).orElseThrow();
        assertThat(session.earlyClose()).as("early close on %s", date).isEqualTo(early);
        assertThat(NYSE.timeOf(session.close())).isEqualTo(LocalTime.of(early ? 13 : 16, 0));
        assertThat(NYSE.timeOf(session.postMarketClose()))
            .isEqualTo(LocalTime.of(early ? 17 : 20, 0));
        assertThat(NYSE.timeOf(session.preMarketOpen())).isEqualTo(LocalTime.of(4, 0));
        assertThat(NYSE.timeOf(session.open())).isEqualTo(LocalTime.of(9, 30));
      }
    }
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
