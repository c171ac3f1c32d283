package io.alphakite.simulator.market.option;

import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.market.Listing;
import java.util.Map;

/**
 * The invented part of the option market: rates and the volatility smile. Nothing here is recorded;
 * docs/simulator.md tells the numbers.
 *
 * @param volatility a year's, at the money, as a fraction
 * @param dividendYield continuous, a year's, as a fraction
 */
record OptionModel(double volatility, double dividendYield) {
  /** Continuously compounded interest a year, as a fraction. */
  static final double RATE = 0.042;

  private static final double SKEW = -0.07;
  private static final double CURVATURE = 0.015;
  private static final double WIDEST_DEVIATIONS = 5;
  private static final double SHORTEST_YEARS = 1.0 / 365;

  private static final Map<String, OptionModel> KNOWN =
      Map.of(
          "SPY", new OptionModel(0.15, 0.018),
          "QQQ", new OptionModel(0.20, 0.006),
          "IBM", new OptionModel(0.20, 0.021),
          "BAC", new OptionModel(0.28, 0.003));

  private static final OptionModel OTHERS = new OptionModel(0.35, 0);

  static OptionModel of(Listing listing) {
    return KNOWN.getOrDefault(listing.symbol(), OTHERS);
  }

  /**
   * How many standard deviations, at the money's volatility, the strike lies above the spot; at
   * most five either way.
   */
  double deviations(double spot, double strike, double years) {
    double deviation = volatility * Math.sqrt(Math.max(years, SHORTEST_YEARS));
    double distance = Math.log(strike / spot) / deviation;
    return Math.max(-WIDEST_DEVIATIONS, Math.min(WIDEST_DEVIATIONS, distance));
  }

  /**
   * The smile: a parabola over the distance from the money in standard deviations, lowest a little
   * above the money, as index and share options have it.
   */
  double smile(double spot, double strike, double years) {
    double x = deviations(spot, strike, years);
    return volatility * (1 + SKEW * x + CURVATURE * x * x);
  }

  /** Values an option with this model's smile. */
  BlackScholes.Valuation value(OptionType type, double spot, double strike, double years) {
    return BlackScholes.value(
        type, spot, strike, years, smile(spot, strike, years), RATE, dividendYield);
  }
}
