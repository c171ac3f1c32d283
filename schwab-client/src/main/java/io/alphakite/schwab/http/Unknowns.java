package io.alphakite.schwab.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/**
 * Counts what Schwab sends and we do not know: fields, words, and fields whose form is not what it
 * should be. It is never an error; but when one appears, somebody should look. Safe for use by many
 * threads.
 *
 * <p>Keeps at most 256 names; what comes after is counted together. Names of an odd form, and those
 * that look like an account number, are not kept.
 */
public final class Unknowns {

  private static final int NAMES_MAX = 256;
  private static final String OTHERS = "others";

  /** A name or word as APIs write them; eight digits in a row may be an account's number. */
  private static final Pattern NAME =
      Pattern.compile("(?!.*\\d{8})[A-Za-z0-9_$/.-][A-Za-z0-9_$/. -]{0,39}");

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** A field that nobody reads. */
  public void field(String where, String name) {
    count("field " + where + "." + name(name));
  }

  /** A word that is none of the known ones. */
  public void word(String where, String text) {
    count("word " + where + "=" + name(text));
  }

  /** A field that is there but cannot be read as what it should be; its content is not kept. */
  public void unreadable(String where, String name) {
    count("unreadable " + where + "." + name(name));
  }

  /**
   * How often each was seen since the start, in the order of their names: {@code field
   * quote.equity.newThing}, {@code word quote.quoteType=XYZ}, {@code unreadable
   * chain.contract.delta}.
   */
  public Map<String, Long> counts() {
    Map<String, Long> seen = new TreeMap<>();
    counts.forEach((name, count) -> seen.put(name, count.sum()));
    return seen;
  }

  private void count(String name) {
    // Two threads at the limit may both add a name: a bound all the same.
    String kept = counts.size() < NAMES_MAX || counts.containsKey(name) ? name : OTHERS;
    counts.computeIfAbsent(kept, _ -> new LongAdder()).increment();
  }

  private static String name(String text) {
    return NAME.matcher(text).matches() ? text : "(odd)";
  }
}
