package io.alphakite.schwab.stream;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Decimal texts as exact numbers, without a detour through binary fractions. */
final class Decimals {

  /** What {@link #e4} gives for a text that is no number, or one beyond its range. */
  static final long UNREADABLE = Long.MIN_VALUE;

  private static final int INTEGER_DIGITS_MAX = 14;
  private static final int TEXT_MAX = 40;
  private static final int SLOW_DECIMALS_MAX = 100;

  /** No market has numbers with more digits on either side of the point. */
  private static final int EXACT_DIGITS_MAX = 30;

  private Decimals() {}

  /** The number times 10,000, halves away from zero; {@link #UNREADABLE} when it is none. */
  static long e4(char[] text, int offset, int length) {
    int at = offset;
    int end = offset + length;
    boolean negative = length > 0 && text[at] == '-';
    if (negative) {
      at++;
    }
    long value = 0;
    int digits = 0;
    for (; at < end && isDigit(text[at]); at++, digits++) {
      value = value * 10 + (text[at] - '0');
    }
    if (digits == 0 || digits > INTEGER_DIGITS_MAX) {
      return slowly(text, offset, length);
    }
    int decimals = 0;
    boolean up = false;
    if (at < end && text[at] == '.') {
      for (at++; at < end && isDigit(text[at]); at++, decimals++) {
        if (decimals < 4) {
          value = value * 10 + (text[at] - '0');
        } else if (decimals == 4) {
          up = text[at] >= '5';
        }
      }
    }
    if (at < end) {
      return slowly(text, offset, length);
    }
    for (; decimals < 4; decimals++) {
      value *= 10;
    }
    long rounded = up ? value + 1 : value;
    return negative ? -rounded : rounded;
  }

  /** Exponents, blanks around a text, and everything that is no number at all. */
  private static long slowly(char[] text, int offset, int length) {
    if (length > TEXT_MAX) {
      return UNREADABLE;
    }
    try {
      BigDecimal value = new BigDecimal(new String(text, offset, length).strip());
      // Rounding off a hundred million decimals would take minutes.
      if ((long) value.precision() - value.scale() > INTEGER_DIGITS_MAX
          || value.scale() > SLOW_DECIMALS_MAX) {
        return UNREADABLE;
      }
      return value.setScale(4, RoundingMode.HALF_UP).unscaledValue().longValueExact();
    } catch (ArithmeticException | NumberFormatException _) {
      return UNREADABLE;
    }
  }

  /**
   * A number, or a text that is one, with the digits it has; null for everything else and for what
   * is beyond any market's range.
   */
  static @Nullable BigDecimal exact(@Nullable JsonNode value) {
    if (value == null) {
      return null;
    }
    BigDecimal number;
    if (value.isNumber()) {
      number = value.decimalValue();
    } else if (value.isString() && value.stringValue().length() <= TEXT_MAX) {
      try {
        number = new BigDecimal(value.stringValue().strip());
      } catch (NumberFormatException _) {
        return null;
      }
    } else {
      return null;
    }
    long integerDigits = (long) number.precision() - number.scale();
    return integerDigits > EXACT_DIGITS_MAX || number.scale() > EXACT_DIGITS_MAX ? null : number;
  }

  /** As {@link #exact}, rounded half-up to a whole number; null when that has over 18 digits. */
  static @Nullable Long whole(@Nullable JsonNode value) {
    BigDecimal number = exact(value);
    if (number == null || (long) number.precision() - number.scale() > 18) {
      return null;
    }
    return number.setScale(0, RoundingMode.HALF_UP).longValueExact();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
