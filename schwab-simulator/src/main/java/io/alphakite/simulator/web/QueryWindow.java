package io.alphakite.simulator.web;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;

/**
 * The span of time a list is asked for, in the one form that Schwab takes: {@code
 * yyyy-MM-dd'T'HH:mm:ss.SSSZ}, milliseconds and a literal Z.
 */
record QueryWindow(Instant from, Instant to) {
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");

  /** A span of a year, leap years included. */
  static final Duration YEAR = Duration.ofDays(366);

  /** A value that is refused. */
  static final class Refused extends Exception {
    Refused(String parameter, String value) {
      super(
          "The value of "
              + parameter
              + " is not valid: "
              + value.substring(0, Math.min(40, value.length())));
    }

    ResponseEntity<Object> answer() {
      return ApiErrors.trader(400, String.valueOf(getMessage()));
    }
  }

  /**
   * Reads both ends.
   *
   * @throws Refused when one is missing or not of the form, the order is wrong, or the span is
   *     longer than a year
   */
  static QueryWindow of(String fromName, String from, String toName, String to) throws Refused {
    Instant begin = time(from).orElseThrow(() -> new Refused(fromName, from));
    Instant end = time(to).orElseThrow(() -> new Refused(toName, to));
    if (end.isBefore(begin) || Duration.between(begin, end).compareTo(YEAR) > 0) {
      throw new Refused(toName, to);
    }
    return new QueryWindow(begin, end);
  }

  private static Optional<Instant> time(String text) {
    if (!TIME.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  boolean contains(Instant time) {
    return !time.isBefore(from) && !time.isAfter(to);
  }
}
