package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;

/**
 * The steps in which an option class is priced. Which one a class has its exchange decides; Schwab
 * tells {@code isPennyPilot} in a contract's quote, and rejects an order off the step after it has
 * taken it. An order's own check is for whole cents; this one is for those who know the class:
 * {@code leg.limit(OptionTick.NICKEL_DIME.require(price))}.
 */
public enum OptionTick {
  /** 0.01 at every price, as the most traded funds have it. */
  PENNY(1, 1),
  /** 0.01 below 3.00, then 0.05: the other classes of the penny programme. */
  PENNY_NICKEL(1, 5),
  /** 0.05 below 3.00, then 0.10: all other classes. */
  NICKEL_DIME(5, 10);

  private static final long BOUNDARY_E4 = 30_000;
  private static final long CENT_E4 = 100;

  private final int centsBelow;
  private final int centsFrom;

  OptionTick(int centsBelow, int centsFrom) {
    this.centsBelow = centsBelow;
    this.centsFrom = centsFrom;
  }

  /** The step at this price. */
  public Price at(Price price) {
    return new Price((price.e4() < BOUNDARY_E4 ? centsBelow : centsFrom) * CENT_E4);
  }

  /**
   * The price itself when it is on a step.
   *
   * @throws IllegalArgumentException when it is between two
   */
  public Price require(Price price) {
    Price step = at(price);
    if (price.e4() % step.e4() != 0) {
      throw new IllegalArgumentException(
          "an option of this class is priced in steps of " + step + ": " + price);
    }
    return price;
  }
}
