package io.alphakite.model.calendar;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The exchange's own lists of holidays and early closes, as somebody wrote them down. */
final class PublishedCalendar {

  private static final String FILE = "/calendar/nyse-2023-2028.csv";
  private static final LocalTime USUAL = LocalTime.of(16, 0);

  private final Map<LocalDate, String> days;

  private PublishedCalendar(Map<LocalDate, String> days) {
    this.days = days;
  }

  static PublishedCalendar read() {
    Map<LocalDate, String> days = new TreeMap<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(PublishedCalendar.class.getResourceAsStream(FILE)),
                StandardCharsets.UTF_8))) {
      in.lines()
          .filter(line -> !line.startsWith("#") && !line.startsWith("date"))
          .map(line -> List.of(line.split(",", 3)))
          .forEach(row -> days.put(LocalDate.parse(row.get(0)), row.get(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PublishedCalendar(days);
  }

  LocalDate first() {
    return LocalDate.of(2023, 1, 1);
  }

  LocalDate last() {
    return LocalDate.of(2028, 12, 31);
  }

  /** The close in New York; null when the exchange does not open. */
  @Nullable LocalTime close(LocalDate date) {
    if (date.getDayOfWeek().compareTo(DayOfWeek.FRIDAY) > 0) {
      return null;
    }
    String listed = days.get(date);
    if (listed == null) {
      return USUAL;
    }
    return listed.equals("closed") ? null : LocalTime.parse(listed);
  }
}
