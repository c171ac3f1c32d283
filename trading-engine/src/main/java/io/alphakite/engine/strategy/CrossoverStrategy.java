package io.alphakite.engine.strategy;

import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.TradingState;
import io.alphakite.model.indicator.Crossover;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.Side;

/**
 * Long when the moving average crosses above the session VWAP, flat when it crosses below: one
 * position per ticker, in regular hours, selling only what it bought itself.
 */
public final class CrossoverStrategy {

  private CrossoverStrategy() {}

  /**
   * What the strategy has in a ticker.
   *
   * @param bought what its own orders bought and did not sell again
   * @param held signed quantity of the account's whole position, whoever opened it
   * @param busy whether an order of its own in the ticker is open or of unknown fate
   */
  public record Holding(long bought, long held, boolean busy) {

    /** What it may sell: never more than is still there. */
    long sellable() {
      return Math.max(0, Math.min(bought, held));
    }
  }

  /**
   * Decides about one crossover that is neither late nor from backfilled rows.
   *
   * @param regularHours whether the regular session is open now
   */
  public static Decision decide(
      Ticker ticker,
      Crossover.Direction direction,
      Holding holding,
      Controls controls,
      boolean regularHours) {
    if (!controls.autoTrading()) {
      return new Decision.Nothing();
    }
    long own = holding.sellable();
    boolean wants =
        switch (direction) {
          case UP -> own == 0;
          case DOWN -> own > 0;
        };
    if (!wants) {
      // A sale that is still open, or an entry that is still filling, makes "nothing to do" a
      // guess.
      return holding.busy() ? new Decision.Blocked() : new Decision.Nothing();
    }
    if (holding.busy() || !regularHours || controls.state() == TradingState.HALTED) {
      return new Decision.Blocked();
    }
    return switch (direction) {
      case UP ->
          controls.allowRisk()
              ? new Decision.Trade(
                  OrderTerms.market(ticker, Side.BUY, controls.autoTradingQuantity()))
              : new Decision.Blocked();
      case DOWN -> new Decision.Trade(OrderTerms.market(ticker, Side.SELL, own));
    };
  }
}
