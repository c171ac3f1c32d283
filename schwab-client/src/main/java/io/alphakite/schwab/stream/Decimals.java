package io.alphakite.schwab.stream;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Decimal texts into ten-thousandths without a detour through binary fractions. */
final class Decimals {

  /** What {@link #e4} gives for a text that is no number, or one beyond its range. */
  static final long UNREADABLE = Long.MIN_VALUE;

  private static final int INTEGER_DIGITS_MAX = 14;

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
    if (length > 40) {
      return UNREADABLE;
    }
    try {
      BigDecimal value = new BigDecimal(new String(text, offset, length).strip());
      if ((long) value.precision() - value.scale() > INTEGER_DIGITS_MAX) {
        return UNREADABLE;
      }
      return value.setScale(4, RoundingMode.HALF_UP).unscaledValue().longValueExact();
    } catch (ArithmeticException | NumberFormatException _) {
      return UNREADABLE;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
