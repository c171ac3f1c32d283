package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;
import io.alphakite.model.order.AssetType;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import org.jspecify.annotations.Nullable;

/**
 * A single-leg order for the regular session. It cannot say what Schwab would refuse for its shape:
 * a missing or superfluous price, or an instruction of the other asset's family.
 *
 * @param symbol a ticker, or the 21 characters of an option
 * @param quantity whole shares or contracts, positive
 * @param limitPrice for LIMIT and STOP_LIMIT alone
 * @param stopPrice for STOP and STOP_LIMIT alone
 */
public record OrderRequest(
    AssetType assetType,
    String symbol,
    Side side,
    long quantity,
    OrderType orderType,
    @Nullable Price limitPrice,
    @Nullable Price stopPrice,
    TimeInForce timeInForce) {

  public OrderRequest {
    if (symbol.isBlank()) {
      throw new IllegalArgumentException("an order needs a symbol");
    }
    if (quantity <= 0) {
      throw new IllegalArgumentException("an order's quantity is positive: " + quantity);
    }
    boolean limited = orderType == OrderType.LIMIT || orderType == OrderType.STOP_LIMIT;
    boolean stopped = orderType == OrderType.STOP || orderType == OrderType.STOP_LIMIT;
    require(
        limited == (limitPrice != null),
        orderType + (limited ? " needs a" : " takes no") + " limit price");
    require(
        stopped == (stopPrice != null),
        orderType + (stopped ? " needs a" : " takes no") + " stop price");
    require(positive(limitPrice) && positive(stopPrice), "an order's price is positive");
    require(assetType == family(side), side + " is not an instruction for " + assetType);
  }

  private static AssetType family(Side side) {
    return switch (side) {
      case BUY, SELL, SELL_SHORT, BUY_TO_COVER -> AssetType.EQUITY;
      case BUY_TO_OPEN, SELL_TO_CLOSE, SELL_TO_OPEN, BUY_TO_CLOSE -> AssetType.OPTION;
    };
  }

  private static boolean positive(@Nullable Price price) {
    return price == null || price.e4() > 0;
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
