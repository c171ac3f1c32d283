package io.alphakite.schwab.trader;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.Side;

/**
 * Where orders begin: what is bought or sold first, then at which price, then how long.
 *
 * <p>Quantities are whole shares, contracts or spreads, above 0.
 */
public final class Orders {

  private Orders() {}

  public static OrderLeg buy(Ticker ticker, long shares) {
    return new OrderLeg.Shares(Side.BUY, ticker, shares);
  }

  /** Sells what is held; selling more is rejected as oversold. */
  public static OrderLeg sell(Ticker ticker, long shares) {
    return new OrderLeg.Shares(Side.SELL, ticker, shares);
  }

  public static OrderLeg sellShort(Ticker ticker, long shares) {
    return new OrderLeg.Shares(Side.SELL_SHORT, ticker, shares);
  }

  public static OrderLeg buyToCover(Ticker ticker, long shares) {
    return new OrderLeg.Shares(Side.BUY_TO_COVER, ticker, shares);
  }

  public static OrderLeg buyToOpen(OptionSymbol option, long contracts) {
    return new OrderLeg.Contracts(Side.BUY_TO_OPEN, option, contracts);
  }

  public static OrderLeg sellToClose(OptionSymbol option, long contracts) {
    return new OrderLeg.Contracts(Side.SELL_TO_CLOSE, option, contracts);
  }

  public static OrderLeg sellToOpen(OptionSymbol option, long contracts) {
    return new OrderLeg.Contracts(Side.SELL_TO_OPEN, option, contracts);
  }

  public static OrderLeg buyToClose(OptionSymbol option, long contracts) {
    return new OrderLeg.Contracts(Side.BUY_TO_CLOSE, option, contracts);
  }

  /** Opens a vertical spread. */
  public static Vertical openVertical(OptionSymbol bought, OptionSymbol sold, long spreads) {
    return new Vertical(Vertical.Effect.OPEN, bought, sold, spreads);
  }

  /** Closes a vertical spread: buys back what was sold and sells what was bought. */
  public static Vertical closeVertical(OptionSymbol bought, OptionSymbol sold, long spreads) {
    return new Vertical(Vertical.Effect.CLOSE, bought, sold, spreads);
  }

  /** The first of the two to be filled cancels the other. */
  public static OneCancelsOther oneCancelsOther(
      OneCancelsOther.Child first, OneCancelsOther.Child second) {
    return new OneCancelsOther(first, second);
  }

  /** The first's fill triggers the second. */
  public static FirstTriggers firstTriggers(SingleOrder first, FirstTriggers.Child then) {
    return new FirstTriggers(first, then);
  }

  /**
   * An entry with both its exits: the first's fill triggers a profit and a stop, of which one
   * cancels the other.
   *
   * @param entry opens a position
   * @throws IllegalArgumentException when it closes one
   */
  public static Bracket bracket(SingleLegOrder entry) {
    return new Bracket(entry);
  }
}
