package io.alphakite.schwab.stream;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything known of one symbol on this connection, by Schwab's field numbers, all deltas merged.
 * Numbers are exact. Immutable.
 *
 * <p>An accessor gives null for a field that is {@link FieldState#ABSENT} or {@link
 * FieldState#NULL}; {@link #state} tells them apart. A field of another kind than the accessor's
 * reads as null too.
 */
public final class LevelOneFields {

  /** Nothing known. */
  public static final LevelOneFields NONE = new LevelOneFields(new Object[0], 0);

  private static final int WHOLE_DIGITS_MAX = 18;

  private final @Nullable Object[] values;
  private final long sent;

  private LevelOneFields(@Nullable Object[] values, long sent) {
    this.values = values;
    this.sent = sent;
  }

  /**
   * What a caller makes up, for fakes of the stream.
   *
   * @param sent by field number, below 64: a BigDecimal, a text, a Boolean, or null for a field
   *     sent as null
   */
  public static LevelOneFields of(Map<Integer, ? extends @Nullable Object> sent) {
    Merge merged = new Merge(Long.SIZE);
    sent.forEach(merged::put);
    return merged.image();
  }

  public FieldState state(int field) {
    if (field < 0 || field >= values.length || (sent & (1L << field)) == 0) {
      return FieldState.ABSENT;
    }
    return values[field] == null ? FieldState.NULL : FieldState.VALUE;
  }

  /** The numbers of the fields that were sent, as bits (bit 8 = field 8), null ones included. */
  public long sent() {
    return sent;
  }

  /** A number, with the digits that were sent. */
  public @Nullable BigDecimal decimal(int field) {
    return value(field) instanceof BigDecimal number ? number : null;
  }

  /** A number rounded half-up to a whole one; null when it has more than 18 digits. */
  public @Nullable Long whole(int field) {
    BigDecimal number = decimal(field);
    if (number == null || (long) number.precision() - number.scale() > WHOLE_DIGITS_MAX) {
      return null;
    }
    return number.setScale(0, RoundingMode.HALF_UP).longValueExact();
  }

  /** Epoch milliseconds; null for 0 too, which is how Schwab writes that there is no such time. */
  public @Nullable Instant time(int field) {
    Long millis = whole(field);
    return millis == null || millis == 0 ? null : Instant.ofEpochMilli(millis);
  }

  public @Nullable String text(int field) {
    return value(field) instanceof String text ? text : null;
  }

  public @Nullable Boolean flag(int field) {
    return value(field) instanceof Boolean flag ? flag : null;
  }

  private @Nullable Object value(int field) {
    return field < 0 || field >= values.length ? null : values[field];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LevelOneFields fields && known().equals(fields.known());
  }

  @Override
  public int hashCode() {
    return known().hashCode();
  }

  @Override
  public String toString() {
    return known().toString();
  }

  private Map<Integer, String> known() {
    Map<Integer, String> known = new TreeMap<>();
    for (int field = 0; field < values.length; field++) {
      if (state(field) != FieldState.ABSENT) {
        known.put(field, String.valueOf(values[field]));
      }
    }
    return known;
  }

  /** The merge state of one symbol; not thread-safe. */
  static final class Merge {

    private final @Nullable Object[] values;
    private long sent;

    Merge(int size) {
      this.values = new Object[size];
    }

    void put(int field, @Nullable Object value) {
      values[field] = value;
      sent |= 1L << field;
    }

    LevelOneFields image() {
      return sent == 0 ? NONE : new LevelOneFields(values.clone(), sent);
    }
  }
}
