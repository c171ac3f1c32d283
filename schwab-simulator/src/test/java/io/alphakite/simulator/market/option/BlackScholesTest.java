package io.alphakite.simulator.market.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.market.option.BlackScholes.Valuation;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The formula against published examples, against itself, and against finite differences. */
class BlackScholesTest {

  /** Hull, Options, Futures, and Other Derivatives: examples on valuation and on greeks. */
  @ParameterizedTest
  @CsvSource({
    // A share at 42, strike 40, half a year.
    "CALL, 42, 40, 0.5, 0.2, 0.10, 0, 4.76, 0.005",
    "PUT, 42, 40, 0.5, 0.2, 0.10, 0, 0.81, 0.005",
    // An index at 930, strike 900, two months, dividend yield 3 %.
    "CALL, 930, 900, 0.16666667, 0.2, 0.08, 0.03, 51.83, 0.005",
    // The share of the chapter on greeks: 49, strike 50, twenty weeks.
    "CALL, 49, 50, 0.3846, 0.2, 0.05, 0, 2.40, 0.005",
  })
  void pricesThePublishedExamples(
      OptionType type,
      double spot,
      double strike,
      double years,
      double volatility,
      double rate,
      double yield,
      double price,
      double precision) {
    assertThat(BlackScholes.value(type, spot, strike, years, volatility, rate, yield).price())
        .isCloseTo(price, within(precision));
  }

  /** Hull gives a year's theta of -4.31, and vega and rho for a change of 1, not of 1 %. */
  @Test
  void hasTheGreeksOfThePublishedExample() {
    Valuation call = BlackScholes.value(OptionType.CALL, 49, 50, 0.3846, 0.2, 0.05, 0);
    assertThat(call.delta()).isCloseTo(0.522, within(0.0005));
    assertThat(call.gamma()).isCloseTo(0.066, within(0.0005));
    assertThat(call.theta() * 365).isCloseTo(-4.31, within(0.005));
    assertThat(call.vega() * 100).isCloseTo(12.1, within(0.05));
    assertThat(call.rho() * 100).isCloseTo(8.91, within(0.005));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.5",
    "1, 0.841344746068543",
    "-1, 0.158655253931457",
    "1.959963984540054, 0.975",
    "-3, 0.001349898031630095",
    "-7.5, 3.190891672910896e-14",
    "-40, 0",
    "40, 1"
  })
  void knowsTheNormalDistribution(double x, double probability) {
    assertThat(BlackScholes.cumulativeNormal(x))
        .isCloseTo(probability, within(1e-14 + probability * 1e-13));
  }

  @Test
  void callsAndPutsKeepTheirParityAndGreeksAreSlopes() {
    Random random = new Random(20131007);
    for (int i = 0; i < 300; i++) {
      double spot = 5 + 500 * random.nextDouble();
      double strike = spot * (0.6 + 0.8 * random.nextDouble());
      double years = 0.02 + 2 * random.nextDouble();
      double volatility = 0.08 + 0.6 * random.nextDouble();
      double rate = 0.08 * random.nextDouble();
      double yield = 0.04 * random.nextDouble();
      String at = "seed 20131007, case " + i;

      Valuation call =
          BlackScholes.value(OptionType.CALL, spot, strike, years, volatility, rate, yield);
      Valuation put =
          BlackScholes.value(OptionType.PUT, spot, strike, years, volatility, rate, yield);
      double forward = spot * Math.exp(-yield * years) - strike * Math.exp(-rate * years);
      assertThat(call.price() - put.price()).as(at).isCloseTo(forward, within(1e-9 * spot));

      for (OptionType type : OptionType.values()) {
        Valuation value = type == OptionType.CALL ? call : put;
        double up = spot * 1e-4;
        Valuation higher =
            BlackScholes.value(type, spot + up, strike, years, volatility, rate, yield);
        Valuation lower =
            BlackScholes.value(type, spot - up, strike, years, volatility, rate, yield);
        slope(at, value.delta(), higher.price(), lower.price(), 2 * up, 1);
        slope(at, value.gamma(), higher.delta(), lower.delta(), 2 * up, 1);
        double day = 1e-4 / 365;
        slope(
            at,
            value.theta(),
            BlackScholes.value(type, spot, strike, years - day, volatility, rate, yield).price(),
            BlackScholes.value(type, spot, strike, years + day, volatility, rate, yield).price(),
            2e-4,
            spot);
        slope(
            at,
            value.vega(),
            BlackScholes.value(type, spot, strike, years, volatility + 1e-6, rate, yield).price(),
            BlackScholes.value(type, spot, strike, years, volatility - 1e-6, rate, yield).price(),
            2e-4,
            spot);
        slope(
            at,
            value.rho(),
            BlackScholes.value(type, spot, strike, years, volatility, rate + 1e-6, yield).price(),
            BlackScholes.value(type, spot, strike, years, volatility, rate - 1e-6, yield).price(),
            2e-4,
            spot);
      }
    }
  }

  private static void slope(
      String at, double greek, double high, double low, double step, double scale) {
    assertThat((high - low) / step)
        .as(at)
        .isCloseTo(greek, within(1e-5 * scale + 1e-4 * Math.abs(greek)));
  }

  @Test
  void isWorthItsExerciseAtTheEnd() {
    assertThat(BlackScholes.value(OptionType.CALL, 42, 40, 0, 0.2, 0.1, 0).price()).isEqualTo(2);
    assertThat(BlackScholes.value(OptionType.PUT, 42, 40, -1, 0.2, 0.1, 0).price()).isZero();
  }
}
