package io.alphakite.simulator.market.option;

import io.alphakite.model.market.OptionType;

/**
 * The value of a European option and its sensitivities after Black, Scholes and Merton, with a
 * continuous dividend yield (Hull, <i>Options, Futures, and Other Derivatives</i>, the chapters on
 * the Black-Scholes-Merton model and on the Greek letters).
 */
public final class BlackScholes {
  private static final double DAYS_PER_YEAR = 365;
  private static final double ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

  private BlackScholes() {}

  /**
   * What an option is worth and how that changes, in the units in which Schwab shows greeks.
   *
   * @param price dollars a share
   * @param delta dollars for a dollar of the underlying
   * @param gamma change of delta for a dollar of the underlying
   * @param theta dollars for a calendar day that passes; usually negative
   * @param vega dollars for a percentage point of volatility
   * @param rho dollars for a percentage point of the interest rate
   */
  public record Valuation(
      double price, double delta, double gamma, double theta, double vega, double rho) {}

  /**
   * Values an option.
   *
   * @param spot price of the underlying, above 0
   * @param strike above 0
   * @param years time to expiration; 0 or less gives the intrinsic value
   * @param volatility a year's, as a fraction: 0.2 is 20 %; 0 or less gives the discounted
   *     intrinsic value
   * @param rate continuously compounded interest a year, as a fraction
   * @param dividendYield continuous, a year's, as a fraction
   */
  public static Valuation value(
      OptionType type,
      double spot,
      double strike,
      double years,
      double volatility,
      double rate,
      double dividendYield) {
    int sign = type == OptionType.CALL ? 1 : -1;
    double time = Math.max(0, years);
    double forwardSpot = spot * Math.exp(-dividendYield * time);
    double presentStrike = strike * Math.exp(-rate * time);
    double deviation = Math.max(0, volatility) * Math.sqrt(time);
    if (deviation < 1e-9) {
      double inside = sign * (forwardSpot - presentStrike);
      return new Valuation(Math.max(0, inside), inside > 0 ? sign : 0, 0, 0, 0, 0);
    }
    double d1 = Math.log(forwardSpot / presentStrike) / deviation + deviation / 2;
    double d2 = d1 - deviation;
    double n1 = cumulativeNormal(sign * d1);
    double n2 = cumulativeNormal(sign * d2);
    double density = Math.exp(-d1 * d1 / 2) / ROOT_TWO_PI;
    double decay = -forwardSpot * density * volatility / (2 * Math.sqrt(time));
    double carry = sign * (dividendYield * forwardSpot * n1 - rate * presentStrike * n2);
    return new Valuation(
        sign * (forwardSpot * n1 - presentStrike * n2),
        sign * Math.exp(-dividendYield * time) * n1,
        forwardSpot * density / (spot * spot * deviation),
        (decay + carry) / DAYS_PER_YEAR,
        forwardSpot * density * Math.sqrt(time) / 100,
        sign * time * presentStrike * n2 / 100);
  }

  /**
   * The probability that a standard normal variable is at most {@code x}, to about 14 digits: the
   * rational approximation of Hart (<i>Computer Approximations</i>, 1968, no. 5666) with a
   * continued fraction in the tail, as recommended by West (<i>Better Approximations to Cumulative
   * Normal Functions</i>, 2005).
   */
  static double cumulativeNormal(double x) {
    double z = Math.abs(x);
    if (z > 37) {
      return x > 0 ? 1 : 0;
    }
    double e = Math.exp(-z * z / 2);
    double tail;
    if (z < 7.07106781186547) {
      double above = 3.52624965998911e-02 * z + 0.700383064443688;
      above = above * z + 6.37396220353165;
      above = above * z + 33.912866078383;
      above = above * z + 112.079291497871;
      above = above * z + 221.213596169931;
      above = above * z + 220.206867912376;
      double below = 8.83883476483184e-02 * z + 1.75566716318264;
      below = below * z + 16.064177579207;
      below = below * z + 86.7807322029461;
      below = below * z + 296.564248779674;
      below = below * z + 637.333633378831;
      below = below * z + 793.826512519948;
      below = below * z + 440.413735824752;
      tail = e * above / below;
    } else {
      tail = e / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) / ROOT_TWO_PI;
    }
    return x > 0 ? 1 - tail : tail;
  }
}
