package io.alphakite.schwab.trader;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.AssetType;
import io.alphakite.model.order.Side;

/**
 * What an order buys or sells: whole shares of a stock or fund, or whole option contracts. Nothing
 * else can be ordered through the API. Its methods say at which price and so make the order.
 */
public sealed interface OrderLeg {

  /** Schwab's {@code instruction}. */
  Side side();

  /** The name Schwab knows the instrument by. */
  String symbol();

  /** Whole shares or contracts, above 0: the API takes no fractions. */
  long quantity();

  /** The instrument's kind, as a request names it. */
  AssetType assetType();

  /** At the market, today, in the regular session. */
  default MarketOrder market() {
    return new MarketOrder(this);
  }

  /** At this price or better; today in the regular session until said otherwise. */
  default LimitOrder limit(Price limit) {
    return new LimitOrder(this, limit, OrderSession.NORMAL, OrderDuration.Resting.DAY);
  }

  /** At the market as soon as it reaches the stop price; today until said otherwise. */
  default StopOrder stop(Price stop) {
    return new StopOrder(this, stop, OrderDuration.Resting.DAY);
  }

  /** At the limit or better once the market reaches the stop price; today until said otherwise. */
  default StopLimitOrder stopLimit(Price stop, Price limit) {
    return new StopLimitOrder(this, stop, limit, OrderDuration.Resting.DAY);
  }

  /** At the market once it turns back by the trail; today until said otherwise. */
  default TrailingStopOrder trailingStop(LinkBasis basis, Trail trail) {
    return new TrailingStopOrder(this, basis, trail, OrderDuration.Resting.DAY);
  }

  /**
   * Shares of a stock or fund.
   *
   * @param side BUY, SELL, SELL_SHORT or BUY_TO_COVER
   * @param ticker no index
   */
  record Shares(Side side, Ticker ticker, long quantity) implements OrderLeg {

    public Shares {
      require(side.assetType() == AssetType.EQUITY, side + " is for options, not for shares");
      require(!ticker.isIndex(), "an index cannot be ordered: " + ticker);
      require(quantity > 0, "an order's quantity is above 0: " + quantity);
    }

    @Override
    public String symbol() {
      return ticker.symbol();
    }

    @Override
    public AssetType assetType() {
      return AssetType.EQUITY;
    }
  }

  /**
   * Contracts of a listed option.
   *
   * @param side BUY_TO_OPEN, BUY_TO_CLOSE, SELL_TO_OPEN or SELL_TO_CLOSE
   */
  record Contracts(Side side, OptionSymbol option, long quantity) implements OrderLeg {

    public Contracts {
      require(side.assetType() == AssetType.OPTION, side + " is for shares, not for options");
      require(quantity > 0, "an order's quantity is above 0: " + quantity);
    }

    @Override
    public String symbol() {
      return option.format();
    }

    @Override
    public AssetType assetType() {
      return AssetType.OPTION;
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
