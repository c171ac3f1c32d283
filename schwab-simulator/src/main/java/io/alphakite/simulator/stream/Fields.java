package io.alphakite.simulator.stream;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a command asked for, without field 0, which is the key. Immutable.
 *
 * <p>When a list that was not ascending is misread, the values come under each other's numbers:
 * that of the lowest field asked for under the number asked for first, and so on.
 */
final class Fields {
  private final BitSet asked;
  private final int @Nullable [] labels;

  private Fields(BitSet asked, int @Nullable [] labels) {
    this.asked = asked;
    this.labels = labels;
  }

  /** How a list that is not ascending is taken. */
  enum Disorder {
    /** As if it were. */
    SORTED,
    /** What comes after the first number that is out of order is missing. */
    MISSING,
    /** Values come under wrong numbers. */
    WRONG
  }

  /**
   * Reads a comma list; numbers that the service does not have are ignored.
   *
   * @param bound one more than the service's highest field
   */
  static Fields of(String list, int bound, Disorder disorder) {
    BitSet asked = new BitSet(bound);
    int[] order = new int[bound];
    int count = 0;
    for (String part : list.split(",", -1)) {
      int field = number(part.strip());
      if (field < 0 || field >= bound || asked.get(field)) {
        continue;
      }
      if (disorder == Disorder.MISSING && count > 0 && field < order[count - 1]) {
        break;
      }
      asked.set(field);
      order[count++] = field;
    }
    if (disorder != Disorder.WRONG || isAscending(order, count)) {
      return new Fields(asked, null);
    }
    int[] labels = new int[bound];
    int next = 0;
    for (int field = asked.nextSetBit(0); field >= 0; field = asked.nextSetBit(field + 1)) {
      labels[field] = order[next++];
    }
    return new Fields(asked, labels);
  }

  private static int number(String text) {
    boolean digits = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(Fields::digit);
    return digits ? Integer.parseInt(text) : -1;
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isAscending(int[] order, int count) {
    for (int i = 1; i < count; i++) {
      if (order[i] < order[i - 1]) {
        return false;
      }
    }
    return true;
  }

  /** Whether a list names a lower number after a higher one. */
  static boolean isUnordered(String list, int bound) {
    int before = -1;
    for (String part : list.split(",", -1)) {
      int field = number(part.strip());
      if (field >= 0 && field < bound) {
        if (field < before) {
          return true;
        }
        before = field;
      }
    }
    return false;
  }

  /** Whether nothing was asked for, not even the key. */
  boolean isEmpty() {
    return asked.isEmpty();
  }

  boolean has(int field) {
    return asked.get(field);
  }

  /** The next field asked for, from this one on; negative when there is none. */
  int next(int from) {
    return asked.nextSetBit(from);
  }

  /** The number under which a field's value is sent. */
  int label(int field) {
    return labels == null ? field : labels[field];
  }
}
