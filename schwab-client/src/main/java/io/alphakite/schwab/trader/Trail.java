package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;
import java.math.BigDecimal;

/** How far a trailing stop stays behind the market. Schwab {@code stopPriceLinkType} and offset. */
public sealed interface Trail {

  /** By this many dollars. */
  static Trail dollars(Price distance) {
    return new Value(distance);
  }

  /**
   * By this part of the price.
   *
   * @throws IllegalArgumentException when it is not above 0 and below 100
   */
  static Trail percent(BigDecimal percent) {
    return new Percent(percent);
  }

  /** Dollars, in the steps of the instrument's price. */
  record Value(Price distance) implements Trail {}

  /** Percent, above 0 and below 100, at most two decimals. */
  record Percent(BigDecimal percent) implements Trail {

    private static final BigDecimal WHOLE = BigDecimal.valueOf(100);

    public Percent {
      percent = percent.stripTrailingZeros();
      if (percent.signum() <= 0 || percent.compareTo(WHOLE) >= 0 || percent.scale() > 2) {
        throw new IllegalArgumentException(
            "a trail in percent is above 0, below 100 and has at most two decimals: "
                + percent.toPlainString());
      }
    }
  }
}
