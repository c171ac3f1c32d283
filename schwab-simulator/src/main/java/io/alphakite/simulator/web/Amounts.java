package io.alphakite.simulator.web;

import io.alphakite.simulator.market.LevelOne;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers and times as Schwab's JSON has them. */
final class Amounts {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'+0000'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Amounts() {}

  /** Ten-thousandths of a dollar as a JSON number with one to four decimals; nothing is 0. */
  static BigDecimal dollars(long e4) {
    return e4 == LevelOne.NONE ? BigDecimal.ZERO : plain(BigDecimal.valueOf(e4, 4));
  }

  /** At least one decimal, as a double would have. */
  static BigDecimal plain(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 1 ? stripped.setScale(1, RoundingMode.UNNECESSARY) : stripped;
  }

  /** Rounded to cents. */
  static BigDecimal cents(BigDecimal value) {
    return plain(value.setScale(2, RoundingMode.HALF_UP));
  }

  /** Quantities are doubles. */
  static BigDecimal quantity(long shares) {
    return BigDecimal.valueOf(shares * 10, 1);
  }

  /** A level-one percent (millionths) as a JSON number. */
  static BigDecimal percent(long e6) {
    return e6 == LevelOne.NONE ? BigDecimal.ZERO : plain(BigDecimal.valueOf(e6, 6));
  }

  static long count(long value) {
    return value == LevelOne.NONE ? 0 : value;
  }

  /** Whole seconds with {@code +0000}, the form of order times. */
  static String time(Instant time) {
    return SECONDS.format(time);
  }
}
