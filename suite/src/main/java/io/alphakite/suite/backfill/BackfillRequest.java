package io.alphakite.suite.backfill;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Ticker;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a backfill is asked for.
 *
 * @param from market time, inclusive
 * @param to market time, exclusive
 */
record BackfillRequest(List<Ticker> tickers, Instant from, Instant to) {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final Set<String> NAMES = Set.of("ticker", "from", "to");
  private static final int TICKERS_MAX = 500;
  private static final int DATE_LENGTH = 10;

  /**
   * Reads {@code --ticker T[,T] --from D --to D}: dates are Eastern and whole, a time is RFC 3339
   * or, without a zone, Eastern.
   *
   * @throws IllegalArgumentException with one line that says what is wrong
   */
  static BackfillRequest parse(List<String> words) {
    Map<String, String> options = new HashMap<>();
    Iterator<String> rest = words.iterator();
    while (rest.hasNext()) {
      String word = rest.next();
      String name = word.startsWith("--") ? word.substring(2) : "";
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException("backfill does not take '" + word + "'");
      }
      if (!rest.hasNext()) {
        throw new IllegalArgumentException(word + " needs a value");
      }
      options.put(name, rest.next());
    }
    String first = required("from", options);
    Instant from = time("from", first, false);
    Instant to = time("to", options.getOrDefault("to", wholeDate(first)), true);
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException(
          "--to " + options.getOrDefault("to", first) + " is not after --from " + first);
    }
    TreeSet<Ticker> tickers = new TreeSet<>();
    for (String symbol : required("ticker", options).split(",", -1)) {
      tickers.add(Ticker.of(symbol.strip()));
    }
    if (tickers.size() > TICKERS_MAX) {
      throw new IllegalArgumentException("--ticker takes at most " + TICKERS_MAX);
    }
    return new BackfillRequest(new ArrayList<>(tickers), from, to);
  }

  private static String wholeDate(String text) {
    return text.length() > DATE_LENGTH ? text.substring(0, DATE_LENGTH) : text;
  }

  private static Instant time(String name, String text, boolean end) {
    try {
      if (text.length() <= DATE_LENGTH) {
        LocalDate date = LocalDate.parse(text);
        return CALENDAR.at(end ? date.plusDays(1) : date, LocalTime.MIDNIGHT);
      }
      TemporalAccessor time =
          DateTimeFormatter.ISO_DATE_TIME.parseBest(
              text, OffsetDateTime::from, LocalDateTime::from);
      return time instanceof OffsetDateTime zoned
          ? zoned.toInstant()
          : CALENDAR.at(LocalDate.from(time), LocalTime.from(time));
    } catch (DateTimeException _) {
      throw new IllegalArgumentException(
          "--"
              + name
              + " "
              + text
              + " is no date like 2026-03-09, nor a time like 2026-03-09T10:30");
    }
  }

  private static String required(String name, Map<String, String> options) {
    String value = options.get(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + " is needed");
    }
    return value;
  }
}
