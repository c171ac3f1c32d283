package io.alphakite.suite.download;

import io.alphakite.model.market.Ticker;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a download is asked for.
 *
 * @param from first Eastern date
 * @param to last Eastern date, included; null means today
 * @param extended candles outside 09:30-16:00 Eastern too
 * @param csv the file to write; null means the tables
 */
record DownloadRequest(
    List<Ticker> tickers,
    LocalDate from,
    @Nullable LocalDate to,
    HistoryInterval interval,
    boolean extended,
    @Nullable Path csv) {

  private static final Set<String> NAMES = Set.of("ticker", "from", "to", "interval", "csv");
  private static final int TICKERS_MAX = 500;

  /**
   * Reads {@code --ticker T[,T] --from D [--to D] --interval I [--extended] [--csv FILE]}.
   *
   * @throws IllegalArgumentException with one line that says what is wrong
   */
  static DownloadRequest parse(List<String> words) {
    Map<String, String> options = new HashMap<>();
    boolean extended = false;
    Iterator<String> rest = words.iterator();
    while (rest.hasNext()) {
      String word = rest.next();
      if (word.equals("--extended")) {
        extended = true;
        continue;
      }
      String name = word.startsWith("--") ? word.substring(2) : "";
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException("download does not take '" + word + "'");
      }
      if (!rest.hasNext()) {
        throw new IllegalArgumentException(word + " needs a value");
      }
      options.put(name, rest.next());
    }
    HistoryInterval interval = HistoryInterval.parse(required(options, "interval"));
    LocalDate from = date("from", required(options, "from"));
    LocalDate to = options.containsKey("to") ? date("to", required(options, "to")) : null;
    if (to != null && to.isBefore(from)) {
      throw new IllegalArgumentException("--to " + to + " is before --from " + from);
    }
    String csv = options.get("csv");
    return new DownloadRequest(
        tickers(required(options, "ticker")),
        from,
        to,
        interval,
        extended,
        csv == null ? null : Path.of(csv));
  }

  private static List<Ticker> tickers(String text) {
    TreeSet<Ticker> tickers = new TreeSet<>();
    for (String symbol : text.split(",", -1)) {
      tickers.add(Ticker.of(symbol.strip()));
    }
    if (tickers.size() > TICKERS_MAX) {
      throw new IllegalArgumentException("--ticker takes at most " + TICKERS_MAX);
    }
    return new ArrayList<>(tickers);
  }

  private static String required(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + " is needed");
    }
    return value;
  }

  private static LocalDate date(String name, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException _) {
      throw new IllegalArgumentException("--" + name + " " + text + " is no date like 2026-03-09");
    }
  }
}
