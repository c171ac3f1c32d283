package io.alphakite.streaming.replay;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One ticker's rows of a day with gaps, worked out from the recorded prints and the ledger alone:
 * until a gap every print counts by itself; then the candles of its whole minutes; then all that
 * was printed until its end, as one message. Which prints of a gap's first and last millisecond the
 * stream had brought the ledger does not say: one choice must explain every row to the last digit.
 */
final class DisturbedDay {
  /** An entry of the ledger. */
  record Gap(Instant from, Instant to, String state, String cause) {}

  private final RawDay day;
  private final List<RawDay.Print> prints;
  private final List<RawDay.Minute> minutes;
  private final List<Gap> gaps;
  private final NavigableMap<Long, RawDay.Row> rows = new TreeMap<>();
  // After so many prints.
  private final long[] volumes;
  private final List<@Nullable BigDecimal> prices = new ArrayList<>();

  private String nearest = "";
  private long reached;

  /**
   * To be explained.
   *
   * @param end of the day's replay, in milliseconds since midnight
   */
  DisturbedDay(RawDay day, int end, List<Gap> gaps, List<RawDay.Row> rows) {
    this.day = day;
    this.prints = day.prints.stream().filter(print -> print.millis() <= end).toList();
    this.minutes = day.minutes(0, RawDay.CLOSE_MILLIS);
    this.gaps = gaps;
    rows.forEach(row -> this.rows.put(row.second(), row));
    this.volumes = new long[prints.size() + 1];
    BigDecimal last = null;
    prices.add(null);
    for (int i = 0; i < prints.size(); i++) {
      RawDay.Print print = prints.get(i);
      volumes[i + 1] = volumes[i] + print.size();
      last = print.moves() || last == null ? print.price() : last;
      prices.add(last);
    }
  }

  /**
   * Looks for the choice that explains all rows.
   *
   * @return where the best one fails; empty when one explains everything
   */
  String unexplained() {
    return explains(0, day.new Fold(), 0, Long.MIN_VALUE) ? "" : nearest;
  }

  /** The rows outside the gaps that are not those of the undisturbed day, in price and volume. */
  List<String> differencesOutside(List<RawDay.Row> undisturbed, long until) {
    NavigableMap<Long, RawDay.Row> expected = new TreeMap<>();
    undisturbed.forEach(row -> expected.put(row.second(), row));
    TreeMap<Long, RawDay.Row> seconds = new TreeMap<>(rows.headMap(until, false));
    seconds.putAll(expected);
    List<String> differences = new ArrayList<>();
    for (Long second : seconds.keySet()) {
      RawDay.Row row = rows.get(second);
      RawDay.Row other = expected.get(second);
      boolean same =
          row != null
              && other != null
              && row.price().compareTo(other.price()) == 0
              && row.volume() == other.volume()
              && row.source().equals(other.source());
      if (!same && !inGap(second)) {
        differences.add("expected " + other + " but was " + row);
      }
    }
    return differences;
  }

  /** How many rows lie in gaps. */
  long rowsInGaps() {
    return rows.keySet().stream().filter(this::inGap).count();
  }

  private boolean inGap(long second) {
    return gaps.stream()
        .anyMatch(
            gap -> gap.from().getEpochSecond() <= second && second <= gap.to().getEpochSecond());
  }

  private boolean explains(int number, RawDay.Fold fold, int from, long comparedUntil) {
    boolean last = number == gaps.size();
    int start = last ? Integer.MAX_VALUE : day.millisOf(gaps.get(number).from());
    int i = from;
    while (i < prints.size() && prints.get(i).millis() < start) {
      fold.print(prints.get(i++));
    }
    long until = last ? Long.MAX_VALUE : gaps.get(number).from().getEpochSecond();
    if (until > comparedUntil) {
      if (!equal(fold, comparedUntil, until, number)) {
        return false;
      }
      fold.forgetBefore(until);
    }
    if (last) {
      return true;
    }
    long compared = Math.max(until, comparedUntil);
    // Prints of the first millisecond: the most likely choice first, all of them.
    int ties = 0;
    while (i + ties < prints.size() && prints.get(i + ties).millis() == start) {
      ties++;
    }
    for (int before = ties; before >= 0; before--) {
      RawDay.Fold disturbed = fold.copy();
      for (int k = 0; k < before; k++) {
        disturbed.print(prints.get(i + k));
      }
      if (goesOn(number, disturbed, i + before, compared)) {
        return true;
      }
      if (gaps.get(number).cause().equals("damaged") && i + before + 1 < prints.size()) {
        swapped(disturbed, i + before);
        if (goesOn(number, disturbed, i + before + 2, compared)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * A print that came before the one before it, which was the gap: the message carries the price
   * and its time only where they differ from those of the one that was late.
   */
  private void swapped(RawDay.Fold fold, int late) {
    BigDecimal price = prices.get(late + 2);
    BigDecimal lateOnes = prices.get(late + 1);
    BigDecimal before = prices.get(late);
    if (price != null && lateOnes != null && before != null && price.compareTo(lateOnes) == 0) {
      price = before;
    }
    if (price != null) {
      boolean sameTime = prints.get(late + 1).millis() == prints.get(late).millis();
      RawDay.Print timed = prints.get(sameTime && late > 0 ? late - 1 : late + 1);
      fold.tick(timed.millis(), price, volumes[late + 2] - volumes[late]);
      fold.known(price);
    }
  }

  private boolean goesOn(int number, RawDay.Fold fold, int stored, long compared) {
    Gap gap = gaps.get(number);
    int end = day.millisOf(gap.to());
    int image = stored;
    while (image < prints.size() && prints.get(image).millis() < end) {
      image++;
    }
    int ties = 0;
    while (image + ties < prints.size() && prints.get(image + ties).millis() == end) {
      ties++;
    }
    int minute = stored == 0 ? 0 : (prints.get(stored - 1).millis() / 60_000 + 1) * 60_000;
    List<RawDay.Minute> candles =
        gap.state().equals("repaired")
            ? minutes.stream()
                .filter(each -> each.minute() >= minute && each.minute() < end - end % 60_000)
                .toList()
            : List.of();
    for (int k = ties; k >= 0; k--) {
      RawDay.Fold next = fold.copy();
      candles.forEach(next::candle);
      next(next, stored, image + k, candles);
      if (explains(number + 1, next, image + k, compared)
          || filledLate(number, fold, stored, image + k, candles, compared)) {
        return true;
      }
    }
    if (candles.isEmpty() && image + ties > stored) {
      // Nothing was missed after all.
      return explains(number + 1, fold.copy(), stored, compared)
          || (gap.cause().equals("mute") && beganLater(number, fold, stored, image, compared));
    }
    return false;
  }

  /** Candles that came after the first message leave its minute to it. */
  private boolean filledLate(
      int number,
      RawDay.Fold fold,
      int stored,
      int image,
      List<RawDay.Minute> candles,
      long compared) {
    int last = image == 0 ? 0 : prints.get(image - 1).millis();
    List<RawDay.Minute> before =
        candles.stream().filter(each -> each.minute() < last - last % 60_000).toList();
    if (before.size() == candles.size()) {
      return false;
    }
    RawDay.Fold next = fold.copy();
    before.forEach(next::candle);
    next(next, stored, image, before);
    return explains(number + 1, next, image, compared);
  }

  /**
   * How long a feed was mute is told from the last that is known to have come: more may have come,
   * print by print, before it was.
   */
  private boolean beganLater(int number, RawDay.Fold fold, int stored, int image, long compared) {
    RawDay.Fold came = fold.copy();
    for (int missed = stored + 1; missed < image; missed++) {
      came.print(prints.get(missed - 1));
      RawDay.Fold next = came.copy();
      next(next, missed, image, List.of());
      if (explains(number + 1, next, image, compared)) {
        return true;
      }
    }
    return false;
  }

  /** The first message after the gap, when it says anything new. */
  private void next(RawDay.Fold fold, int stored, int image, List<RawDay.Minute> candles) {
    BigDecimal price = prices.get(image);
    long growth =
        volumes[image] - volumes[stored] - candles.stream().mapToLong(RawDay.Minute::volume).sum();
    BigDecimal known = candles.isEmpty() ? fold.last() : candles.getLast().close();
    if (price != null && (growth != 0 || known == null || price.compareTo(known) != 0)) {
      fold.tick(prints.get(image - 1).millis(), price, growth);
    }
  }

  private boolean equal(RawDay.Fold fold, long from, long until, int number) {
    NavigableMap<Long, RawDay.Row> expected = new TreeMap<>();
    fold.rows().stream()
        .filter(row -> row.second() >= from && row.second() < until)
        .forEach(row -> expected.put(row.second(), row));
    Map<Long, RawDay.Row> actual = rows.subMap(from, true, until, false);
    if (expected.equals(actual)) {
      return true;
    }
    TreeMap<Long, RawDay.Row> seconds = new TreeMap<>(expected);
    seconds.putAll(actual);
    for (Long second : seconds.keySet()) {
      RawDay.Row one = expected.get(second);
      RawDay.Row other = actual.get(second);
      if (one == null || !one.equals(other)) {
        if (second > reached) {
          reached = second;
          nearest =
              "%s: expected %s but was %s, after %s"
                  .formatted(
                      Instant.ofEpochSecond(second),
                      one,
                      other,
                      number == 0 ? "no gap" : gaps.get(number - 1));
        }
        return false;
      }
    }
    return false;
  }
}
