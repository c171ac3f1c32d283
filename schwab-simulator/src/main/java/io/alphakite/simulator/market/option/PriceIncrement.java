package io.alphakite.simulator.market.option;

/** In which steps an option is quoted, in ten-thousandths of a dollar. */
public enum PriceIncrement {
  /** A cent throughout: the most traded funds. */
  PENNY(100, 100),
  /** The penny program: a cent below $3, five from there on. */
  PENNY_PROGRAM(100, 500),
  /** All others: five cents below $3, ten from there on. */
  NICKEL(500, 1000);

  private static final long THREE_DOLLARS_E4 = 30_000;

  private final long belowE4;
  private final long fromE4;

  PriceIncrement(long belowE4, long fromE4) {
    this.belowE4 = belowE4;
    this.fromE4 = fromE4;
  }

  /** The step at a price; an order's price is legal when it is a multiple of the step there. */
  public long atE4(long priceE4) {
    return priceE4 < THREE_DOLLARS_E4 ? belowE4 : fromE4;
  }

  /** Whether an order may have this price. */
  public boolean isLegal(long priceE4) {
    return priceE4 >= 0 && priceE4 % atE4(priceE4) == 0;
  }

  /** The highest legal price at or below an amount in dollars; never below 0. */
  long floorE4(double dollars) {
    long e4 = Math.max(0, (long) Math.floor(dollars * 1e4 + 1e-6));
    return e4 - e4 % atE4(e4);
  }

  /** The lowest legal price at or above an amount in dollars. */
  long ceilingE4(double dollars) {
    long e4 = Math.max(0, (long) Math.ceil(dollars * 1e4 - 1e-6));
    long step = atE4(e4);
    return (e4 + step - 1) / step * step;
  }
}
