package io.alphakite.schwab.stream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keeps the first sample of each kind of thing that could not be understood, and counts the rest.
 * At most {@value #KINDS_MAX} kinds; what is new beyond them is counted under one name.
 * Thread-safe.
 */
final class Quarantine {

  private static final int KINDS_MAX = 64;
  private static final int WHAT_MAX = 60;

  /** What is looked at around a sample, so that nothing secret is cut in half and then missed. */
  private static final int MARGIN = 600;

  private static final Pattern DIGITS = Pattern.compile("\\d{5,}");
  private static final Pattern TOKEN =
      Pattern.compile("(?=[A-Za-z0-9+/=_.@%-]{0,200}?\\d)[A-Za-z0-9+/=_.@%-]{20,}");
  private static final int SECRET_LENGTH_MIN = 4;

  /** Tokens of long ago are no secrets any more. */
  private static final int SECRETS_MAX = 64;

  private record Kind(Quarantined.Reason reason, String what) {}

  private static final class Entry {
    final String sample;
    long count;

    Entry(String sample) {
      this.sample = sample;
    }
  }

  private final Map<Kind, Entry> entries = new LinkedHashMap<>();
  private final Set<String> secrets = new LinkedHashSet<>();

  /** What must never stand in a sample, such as the token that is logged in with. */
  synchronized void hide(String secret) {
    if (secret.length() >= SECRET_LENGTH_MIN
        && secrets.add(secret)
        && secrets.size() > SECRETS_MAX) {
      secrets.remove(secrets.iterator().next());
    }
  }

  void take(Quarantined.Reason reason, String what, String sample) {
    take(reason, what, sample, 0);
  }

  /**
   * Counts one, and keeps a sample when it is the first of its kind.
   *
   * @param from where in the text the sample is best taken
   */
  synchronized void take(Quarantined.Reason reason, String what, String text, long from) {
    Entry known = entries.get(new Kind(reason, cut(what)));
    if (known != null) {
      known.count++;
      return;
    }
    // Names come from the wire as well.
    boolean full = entries.size() >= KINDS_MAX;
    Kind kind = new Kind(reason, full ? "others" : cut(masked(cut(what))));
    entries.computeIfAbsent(kind, _ -> new Entry(full ? "" : sample(text, from))).count++;
  }

  synchronized List<Quarantined> contents() {
    List<Quarantined> contents = new ArrayList<>();
    entries.forEach(
        (kind, entry) ->
            contents.add(new Quarantined(kind.reason(), kind.what(), entry.count, entry.sample)));
    return contents;
  }

  private static String cut(String what) {
    return what.length() <= WHAT_MAX ? what : what.substring(0, WHAT_MAX);
  }

  private String sample(String text, long from) {
    int start = (int) Math.clamp(from - Quarantined.SAMPLE_MAX / 2, 0L, text.length());
    int end = Math.min(text.length(), start + Quarantined.SAMPLE_MAX);
    int outerStart = Math.max(0, start - MARGIN);
    int outerEnd = Math.min(text.length(), end + MARGIN);
    String masked = masked(text.substring(outerStart, outerEnd));
    int left = Math.min(masked.length(), start == outerStart ? 0 : start - outerStart);
    int right = Math.min(masked.length(), left + Quarantined.SAMPLE_MAX);
    return masked.substring(left, right);
  }

  /** Masks are as long as what they hide: places in the text stay what they were. */
  private String masked(String text) {
    String masked = text;
    for (String secret : secrets) {
      masked = masked.replace(secret, "*".repeat(secret.length()));
    }
    masked = TOKEN.matcher(masked).replaceAll(token -> "*".repeat(token.group().length()));
    return DIGITS.matcher(masked).replaceAll(digits -> "#".repeat(digits.group().length()));
  }
}
