package io.alphakite.simulator.broker;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Money and positions of the one account. Immutable.
 *
 * @param cash dollars, exact
 * @param positions by symbol; none is flat
 * @param opening what it was when the market's day began; null before the first
 */
public record Account(BigDecimal cash, Map<String, Holding> positions, @Nullable Opening opening) {
  public static final String NUMBER = "12345678";

  /** What stands for the number in paths. */
  public static final String HASH =
      "5A1F3C9E7B2D4068A9C8E6F1D3B5072496E8DAC0B2F4618375A9CBED1F305274";

  private static final int AVERAGE_SCALE = 8;
  private static final long OPTION_MULTIPLIER = 100;

  /**
   * A position.
   *
   * @param quantity shares or contracts, negative when short, never 0
   * @param average average price of what is held, in dollars per share
   * @param dayQuantity how much of it came today; with the sign of what was bought and sold
   * @param dayCost what today's buying cost less what selling brought, in dollars
   */
  public record Holding(long quantity, BigDecimal average, long dayQuantity, BigDecimal dayCost) {}

  /**
   * The account when a market day began: cash and the value of each kind of position, dollars.
   *
   * @param longStock 0 or more
   * @param shortStock 0 or less, as the option's is
   */
  public record Opening(
      LocalDate date,
      BigDecimal cash,
      BigDecimal longStock,
      BigDecimal shortStock,
      BigDecimal longOption,
      BigDecimal shortOption,
      BigDecimal buyingPower) {}

  public Account {
    positions = Map.copyOf(positions);
  }

  /** Shares or contracts held, negative when short. */
  public long quantity(String symbol) {
    Holding holding = positions.get(symbol);
    return holding == null ? 0 : holding.quantity;
  }

  /** Shares that one unit of a symbol stands for. */
  public static long multiplier(String symbol) {
    return Options.of(symbol).isPresent() ? OPTION_MULTIPLIER : 1;
  }

  /** After buying (positive) or selling (negative) shares or contracts at a price per share. */
  Account traded(String symbol, long quantity, BigDecimal price) {
    BigDecimal cost = price.multiply(BigDecimal.valueOf(quantity * multiplier(symbol)));
    Map<String, Holding> after = new TreeMap<>(positions);
    Holding before = positions.get(symbol);
    long held = quantity(symbol) + quantity;
    if (held == 0) {
      after.remove(symbol);
    } else {
      after.put(
          symbol,
          new Holding(
              held,
              average(before, quantity, price),
              (before == null ? 0 : before.dayQuantity) + quantity,
              (before == null ? BigDecimal.ZERO : before.dayCost).add(cost)));
    }
    return new Account(cash.subtract(cost), after, opening);
  }

  private static BigDecimal average(@Nullable Holding before, long quantity, BigDecimal price) {
    if (before == null || Long.signum(before.quantity + quantity) != Long.signum(before.quantity)) {
      return price;
    }
    if (Long.signum(before.quantity) != Long.signum(quantity)) {
      return before.average;
    }
    BigDecimal cost =
        before
            .average
            .multiply(BigDecimal.valueOf(before.quantity))
            .add(price.multiply(BigDecimal.valueOf(quantity)));
    return cost.divide(
        BigDecimal.valueOf(before.quantity + quantity), AVERAGE_SCALE, RoundingMode.HALF_UP);
  }

  /** A market day begins: what was bought yesterday is yesterday's. */
  Account opens(Opening day) {
    Map<String, Holding> kept = new TreeMap<>();
    positions.forEach(
        (symbol, holding) ->
            kept.put(symbol, new Holding(holding.quantity, holding.average, 0, BigDecimal.ZERO)));
    return new Account(cash, kept, day);
  }
}
