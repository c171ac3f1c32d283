package io.alphakite.model.market;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A price in ten-thousandths of a dollar, exact: {@code new Price(1_674_100)} is $167.41.
 *
 * <p>Four decimals are what US markets quote at the finest. Conversion in is exact or fails, except
 * through {@link #rounded}, where rounding is asked for by name.
 */
public record Price(long e4) implements Comparable<Price> {

  private static final int SCALE = 4;
  private static final int CENTS = 2;

  /**
   * The price of exactly this many dollars.
   *
   * @throws ArithmeticException when the amount has more than four decimals or does not fit
   */
  public static Price of(BigDecimal dollars) {
    return new Price(dollars.movePointRight(SCALE).longValueExact());
  }

  /**
   * The price of exactly this many dollars, written as a decimal number.
   *
   * @throws NumberFormatException when the text is not a decimal number
   * @throws ArithmeticException when the amount has more than four decimals or does not fit
   */
  public static Price of(String dollars) {
    return of(new BigDecimal(dollars));
  }

  /**
   * The price nearest to the amount, halves away from zero.
   *
   * @throws ArithmeticException when the amount does not fit
   */
  public static Price rounded(BigDecimal dollars) {
    return of(dollars.setScale(SCALE, RoundingMode.HALF_UP));
  }

  /** Dollars, with four decimals. */
  public BigDecimal toBigDecimal() {
    return BigDecimal.valueOf(e4, SCALE);
  }

  @Override
  public int compareTo(Price other) {
    return Long.compare(e4, other.e4);
  }

  /** Dollars without exponent and with at least two decimals: {@code 167.41}, {@code 0.0001}. */
  @Override
  public String toString() {
    BigDecimal shortest = toBigDecimal().stripTrailingZeros();
    return shortest.setScale(Math.max(CENTS, shortest.scale())).toPlainString();
  }
}
