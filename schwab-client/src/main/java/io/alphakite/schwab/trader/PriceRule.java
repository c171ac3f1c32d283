package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;
import io.alphakite.model.order.AssetType;

/**
 * The steps prices are ordered in. Schwab takes an order with a finer price and rejects it later.
 */
final class PriceRule {

  private static final long CENT_E4 = 100;
  private static final long DOLLAR_E4 = 10_000;

  private PriceRule() {}

  /**
   * Passes a price that the instrument can be ordered at.
   *
   * @param what names the price in the message
   * @throws IllegalArgumentException naming the rule
   */
  static void check(AssetType assetType, String what, Price price) {
    if (price.e4() <= 0) {
      throw new IllegalArgumentException("an order's " + what + " is above 0: " + price);
    }
    boolean cents = price.e4() % CENT_E4 == 0;
    switch (assetType) {
      case EQUITY -> {
        if (!cents && price.e4() >= DOLLAR_E4) {
          throw new IllegalArgumentException(
              "a share's " + what + " of 1.00 or more has at most two decimals: " + price);
        }
      }
      case OPTION -> {
        if (!cents) {
          throw new IllegalArgumentException(
              "an option's " + what + " is in whole cents: " + price);
        }
      }
    }
  }
}
