package io.alphakite.schwab.trader;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import io.alphakite.model.market.Price;
import io.alphakite.model.order.Side;

/**
 * Two options of one class, type and expiration that differ in their strikes, one bought and one
 * sold, as many of the one as of the other. Its methods say at which net price and so make the
 * order.
 *
 * @param quantity spreads, above 0
 */
public record Vertical(Effect effect, OptionSymbol bought, OptionSymbol sold, long quantity) {

  /** Whether both legs open a position or both close one. */
  public enum Effect {
    OPEN,
    CLOSE
  }

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException naming the rule that does not hold
   */
  public Vertical {
    require(bought.root().equals(sold.root()), "a vertical's options are of one class");
    require(bought.expiration().equals(sold.expiration()), "a vertical has one expiration");
    require(bought.type() == sold.type(), "a vertical is of calls or of puts");
    require(!bought.strike().equals(sold.strike()), "a vertical has two strikes");
    require(quantity > 0, "an order's quantity is above 0: " + quantity);
  }

  /**
   * Pays at most this much, in dollars per unit of the underlying.
   *
   * @throws IllegalArgumentException when the option that is sold is the dearer one
   */
  public VerticalOrder netDebit(Price price) {
    return order(VerticalOrder.Net.DEBIT, price);
  }

  /**
   * Receives at least this much, in dollars per unit of the underlying.
   *
   * @throws IllegalArgumentException when the option that is bought is the dearer one
   */
  public VerticalOrder netCredit(Price price) {
    return order(VerticalOrder.Net.CREDIT, price);
  }

  OrderLeg boughtLeg() {
    Side side = effect == Effect.OPEN ? Side.BUY_TO_OPEN : Side.BUY_TO_CLOSE;
    return new OrderLeg.Contracts(side, bought, quantity);
  }

  OrderLeg soldLeg() {
    Side side = effect == Effect.OPEN ? Side.SELL_TO_OPEN : Side.SELL_TO_CLOSE;
    return new OrderLeg.Contracts(side, sold, quantity);
  }

  /** The lower call and the higher put are worth more than the other, whatever the market. */
  boolean buysTheDearer() {
    boolean lower = bought.strike().compareTo(sold.strike()) < 0;
    return lower == (bought.type() == OptionType.CALL);
  }

  private VerticalOrder order(VerticalOrder.Net net, Price price) {
    return new VerticalOrder(this, net, price, OrderDuration.Resting.DAY);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
