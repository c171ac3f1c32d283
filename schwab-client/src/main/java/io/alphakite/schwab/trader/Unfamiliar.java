package io.alphakite.schwab.trader;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Counts the words and fields in Schwab's answers that are not in its description. They are kept
 * where they stand; here they are counted by name, at most a hundred names, further ones together
 * as {@code other}. Safe for use by many threads.
 */
final class Unfamiliar {

  private static final int NAMES_MAX = 100;

  /** What may be shown: a name, never a value that could be anybody's. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,39}");

  private final Map<String, Long> counts = new ConcurrentHashMap<>();

  BrokerOrderStatus status(String text) {
    BrokerOrderStatus status = BrokerOrderStatus.read(text);
    if (status == BrokerOrderStatus.UNKNOWN && !text.equals("UNKNOWN")) {
      count("status", text);
    }
    return status;
  }

  /** The text itself, counted when the vocabulary lacks it. */
  String word(Vocabulary vocabulary, String text) {
    if (!vocabulary.has(text)) {
      count(vocabulary.kind(), text);
    }
    return text;
  }

  /**
   * Counts one.
   *
   * @param kind what it is, such as {@code status}
   */
  void count(String kind, String name) {
    String shown = kind + " " + (NAME.matcher(name).matches() ? name : "?");
    boolean room = counts.containsKey(shown) || counts.size() < NAMES_MAX;
    counts.merge(room ? shown : "other", 1L, Long::sum);
  }

  Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }
}
