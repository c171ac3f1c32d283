package io.alphakite.model.indicator;

import java.math.BigInteger;

/** Exact division that rounds to the nearest whole number, halves away from zero. */
final class HalfUp {

  private HalfUp() {}

  /** The divisor is positive. */
  static long divide(long dividend, long divisor) {
    long quotient = dividend / divisor;
    long remainder = Math.abs(dividend % divisor);
    if (remainder < divisor - remainder) {
      return quotient;
    }
    return dividend < 0 ? quotient - 1 : quotient + 1;
  }

  /** The divisor is positive and the quotient fits in a long. */
  static long divide(BigInteger dividend, long divisor) {
    BigInteger[] parts = dividend.abs().divideAndRemainder(BigInteger.valueOf(divisor));
    long remainder = parts[1].longValueExact();
    BigInteger quotient = remainder < divisor - remainder ? parts[0] : parts[0].add(BigInteger.ONE);
    return (dividend.signum() < 0 ? quotient.negate() : quotient).longValueExact();
  }
}
