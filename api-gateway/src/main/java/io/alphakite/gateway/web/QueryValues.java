package io.alphakite.gateway.web;

import io.alphakite.model.market.Ticker;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values of paths and queries, read strictly: what cannot be read is a 400 that names it. */
public final class QueryValues {
  /** How many items a page has unless the caller says so, and at most. */
  public static final int LIMIT_DEFAULT = 1_000;

  /** The largest page. */
  public static final int LIMIT_MAX = 10_000;

  // RFC 3339 section 5.6; a '+' that a client forgot to encode arrives as a blank.
  private static final Pattern TIME =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+\\- ]\\d{2}:\\d{2})");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern WHOLE = Pattern.compile("\\d{1,9}");

  private QueryValues() {}

  /** A ticker; capitals only. */
  public static Ticker ticker(String text) {
    try {
      return new Ticker(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.malformed(
          "invalid_ticker",
          "\"" + Problems.printable(text) + "\" is not a ticker.",
          "Tickers are written in capitals, as in SPY, BRK.B or $SPX.");
    }
  }

  /** A moment, or null for none. */
  public static @Nullable Instant time(String name, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      if (TIME.matcher(text).matches()) {
        Instant time =
            OffsetDateTime.parse(text.replace(' ', '+').replace('t', 'T').replace('z', 'Z'))
                .toInstant();
        // PostgreSQL has no year 0; nobody trades in it either.
        if (time.isAfter(Instant.parse("0001-12-31T00:00:00Z"))) {
          return time;
        }
      }
    } catch (DateTimeException e) {
      throw invalidTime(name, text);
    }
    throw invalidTime(name, text);
  }

  /** A date, or null for none. */
  public static @Nullable LocalDate date(String name, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      if (isDate(text)) {
        LocalDate date = LocalDate.parse(text);
        if (date.getYear() > 0) {
          return date;
        }
      }
    } catch (DateTimeException e) {
      throw invalidDate(name, text);
    }
    throw invalidDate(name, text);
  }

  /** Whether the text looks like a date rather than a time. */
  public static boolean isDate(String text) {
    return DATE.matcher(text).matches();
  }

  /** How many items, 1 to {@value #LIMIT_MAX}; {@value #LIMIT_DEFAULT} unless given. */
  public static int limit(@Nullable String text) {
    return limit(text, LIMIT_DEFAULT, LIMIT_MAX);
  }

  /** How many items, 1 to {@code max}. */
  public static int limit(@Nullable String text, int otherwise, int max) {
    if (text == null) {
      return otherwise;
    }
    if (WHOLE.matcher(text).matches()) {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= max) {
        return limit;
      }
    }
    throw ApiException.malformed(
        "invalid_limit",
        "limit=" + Problems.printable(text) + " is not a whole number from 1 to " + max + ".",
        "Ask for fewer and follow next_cursor.");
  }

  /** Refuses a range that ends before it begins. */
  public static void requireOrder(Instant from, Instant to) {
    if (to.isBefore(from)) {
      throw ApiException.malformed(
          "invalid_range", "to (" + to + ") is before from (" + from + ").", "Swap them.");
    }
  }

  private static ApiException invalidTime(String name, String text) {
    return ApiException.malformed(
        "invalid_time",
        name + "=" + Problems.printable(text) + " is not a time.",
        "Write times as RFC 3339 does: 2025-10-08T13:30:00Z.");
  }

  private static ApiException invalidDate(String name, String text) {
    return ApiException.malformed(
        "invalid_date",
        name + "=" + Problems.printable(text) + " is not a date.",
        "Write dates as 2025-10-08.");
  }
}
