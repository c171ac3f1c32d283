package io.alphakite.suite.backfill;

import io.alphakite.model.market.Ticker;
import java.time.DateTimeException;
import java.time.LocalDate;
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
 * @param from first Eastern date
 * @param to last Eastern date, included
 */
record BackfillRequest(List<Ticker> tickers, LocalDate from, LocalDate to) {
  private static final Set<String> NAMES = Set.of("ticker", "from", "to");
  private static final int TICKERS_MAX = 500;

  /**
   * Reads {@code --ticker T[,T] --from D --to D}.
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
    LocalDate from = date("from", options);
    LocalDate to = options.containsKey("to") ? date("to", options) : from;
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("--to " + to + " is before --from " + from);
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

  private static LocalDate date(String name, Map<String, String> options) {
    String text = required(name, options);
    try {
      // A time is taken by its date: sessions are filled whole.
      return LocalDate.parse(
          text.length() > 10 && text.charAt(10) == 'T' ? text.substring(0, 10) : text);
    } catch (DateTimeException _) {
      throw new IllegalArgumentException("--" + name + " " + text + " is no date like 2026-03-09");
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
