package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;
import io.alphakite.model.order.Side;

/**
 * An entry in search of its exits, which close just what it opens.
 *
 * @param entry opens a position
 */
public record Bracket(SingleLegOrder entry) {

  public Bracket {
    if (!entry.leg().side().isOpening()) {
      throw new IllegalArgumentException(
          "a bracket's entry opens a position; " + entry.leg().side() + " closes one");
    }
  }

  /** With a limit at which the profit is taken; it stands for the day. */
  public Profit takeProfit(Price limit) {
    return new Profit(entry, exit().limit(limit));
  }

  /** As {@link #takeProfit(Price)}, standing this long; the stop will stand as long. */
  public Profit takeProfit(Price limit, OrderDuration.Resting duration) {
    return new Profit(entry, exit().limit(limit).lasting(duration));
  }

  private OrderLeg exit() {
    return switch (entry.leg()) {
      case OrderLeg.Shares(Side side, var ticker, long quantity) ->
          new OrderLeg.Shares(closing(side), ticker, quantity);
      case OrderLeg.Contracts(Side side, var option, long quantity) ->
          new OrderLeg.Contracts(closing(side), option, quantity);
    };
  }

  private static Side closing(Side opening) {
    return switch (opening) {
      case BUY -> Side.SELL;
      case SELL_SHORT -> Side.BUY_TO_COVER;
      case BUY_TO_OPEN -> Side.SELL_TO_CLOSE;
      case SELL_TO_OPEN -> Side.BUY_TO_CLOSE;
      case SELL, BUY_TO_COVER, SELL_TO_CLOSE, BUY_TO_CLOSE ->
          throw new IllegalArgumentException(opening + " closes a position");
    };
  }

  /** An entry with its profit, still without a stop. */
  public record Profit(SingleLegOrder entry, LimitOrder profit) {

    /**
     * With a stop at which the loss is taken.
     *
     * @throws IllegalArgumentException when it is not on the losing side of the profit
     */
    public FirstTriggers stopLoss(Price stop) {
      return with(stop, profit.leg().stop(stop).lasting(duration()));
    }

    /** As {@link #stopLoss(Price)}, at no worse than a limit, so that it may stay unfilled. */
    public FirstTriggers stopLoss(Price stop, Price limit) {
      return with(stop, profit.leg().stopLimit(stop, limit).lasting(duration()));
    }

    /** With a stop that follows the market. */
    public FirstTriggers trailingStopLoss(LinkBasis basis, Trail trail) {
      return with(profit.leg().trailingStop(basis, trail).lasting(duration()));
    }

    private FirstTriggers with(Price stop, OneCancelsOther.Child loss) {
      int order = profit.limit().compareTo(stop);
      if (profit.leg().side().isBuy() ? order >= 0 : order <= 0) {
        throw new IllegalArgumentException(
            "a bracket's stop %s is on the wrong side of its profit %s"
                .formatted(stop, profit.limit()));
      }
      return with(loss);
    }

    private FirstTriggers with(OneCancelsOther.Child loss) {
      return new FirstTriggers(entry, new OneCancelsOther(profit, loss));
    }

    private OrderDuration.Resting duration() {
      return switch (profit.duration()) {
        case OrderDuration.Resting resting -> resting;
        case OrderDuration.Immediate immediate ->
            throw new IllegalArgumentException(
                immediate + " does not wait for the other order to be filled");
      };
    }
  }
}
