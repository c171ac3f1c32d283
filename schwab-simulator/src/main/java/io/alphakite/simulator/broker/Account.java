package io.alphakite.simulator.broker;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;

/**
 * Money and positions of the one account. Immutable.
 *
 * @param cash dollars, exact
 * @param positions by symbol; none is flat
 */
public record Account(BigDecimal cash, Map<String, Holding> positions) {
  public static final String NUMBER = "12345678";

  /** What stands for the number in paths. */
  public static final String HASH =
      "5A1F3C9E7B2D4068A9C8E6F1D3B5072496E8DAC0B2F4618375A9CBED1F305274";

  private static final int AVERAGE_SCALE = 8;

  /**
   * A position.
   *
   * @param quantity shares, negative when short, never 0
   * @param average average price of what is held, in dollars
   */
  public record Holding(long quantity, BigDecimal average) {}

  public Account {
    positions = Map.copyOf(positions);
  }

  /** Shares held, negative when short. */
  public long quantity(String symbol) {
    Holding holding = positions.get(symbol);
    return holding == null ? 0 : holding.quantity;
  }

  /** After buying (positive) or selling (negative) shares at a price. */
  Account traded(String symbol, long quantity, BigDecimal price) {
    Map<String, Holding> after = new TreeMap<>(positions);
    long before = quantity(symbol);
    long held = before + quantity;
    if (held == 0) {
      after.remove(symbol);
    } else {
      after.put(symbol, new Holding(held, average(symbol, before, quantity, price)));
    }
    return new Account(cash.subtract(price.multiply(BigDecimal.valueOf(quantity))), after);
  }

  private BigDecimal average(String symbol, long before, long quantity, BigDecimal price) {
    Holding holding = positions.get(symbol);
    boolean turns = Long.signum(before + quantity) != Long.signum(before);
    if (holding == null || turns) {
      return price;
    }
    if (Long.signum(before) != Long.signum(quantity)) {
      return holding.average;
    }
    BigDecimal cost =
        holding
            .average
            .multiply(BigDecimal.valueOf(before))
            .add(price.multiply(BigDecimal.valueOf(quantity)));
    return cost.divide(BigDecimal.valueOf(before + quantity), AVERAGE_SCALE, RoundingMode.HALF_UP);
  }
}
