package io.alphakite.model.order;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an order says: instrument, side, quantity, prices and how long it stands, and with which
 * exits it opens a position. One leg, regular session.
 *
 * @param ticker the stock or fund, or an option's underlying
 * @param option the contract; null for an equity
 * @param quantity whole shares or contracts, above 0
 * @param limitPrice for LIMIT and STOP_LIMIT alone
 * @param stopPrice for STOP and STOP_LIMIT alone
 * @param bracket the exits it brings with it; null for none
 */
public record OrderTerms(
    Ticker ticker,
    @Nullable OptionSymbol option,
    Side side,
    long quantity,
    OrderType type,
    @Nullable Price limitPrice,
    @Nullable Price stopPrice,
    TimeInForce timeInForce,
    @Nullable Bracket bracket) {

  private static final int SHARES_PER_CONTRACT = 100;

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when a price is missing or too many, not above 0, the side
   *     belongs to the other asset type, or the bracket does not fit
   */
  public OrderTerms {
    if (quantity <= 0) {
      throw new IllegalArgumentException("Quantity not above 0: " + quantity);
    }
    if (type.hasLimit() != (limitPrice != null) || type.hasStop() != (stopPrice != null)) {
      throw new IllegalArgumentException("Prices do not fit a " + type.wire() + " order");
    }
    if ((limitPrice != null && limitPrice.e4() <= 0)
        || (stopPrice != null && stopPrice.e4() <= 0)) {
      throw new IllegalArgumentException("Price not above 0");
    }
    if ((side.assetType() == AssetType.OPTION) != (option != null)) {
      throw new IllegalArgumentException("Not for this kind of asset: " + side.wire());
    }
    if (bracket != null) {
      bracket.requireFitting(side, limitPrice, stopPrice);
    }
  }

  /** An order without exits of its own. */
  public OrderTerms(
      Ticker ticker,
      @Nullable OptionSymbol option,
      Side side,
      long quantity,
      OrderType type,
      @Nullable Price limitPrice,
      @Nullable Price stopPrice,
      TimeInForce timeInForce) {
    this(ticker, option, side, quantity, type, limitPrice, stopPrice, timeInForce, null);
  }

  /** The same with these exits; null for none. */
  public OrderTerms with(@Nullable Bracket exits) {
    return new OrderTerms(
        ticker, option, side, quantity, type, limitPrice, stopPrice, timeInForce, exits);
  }

  /** What its exits say, profit first; empty without a bracket. */
  public Map<ExitRole, OrderTerms> exits() {
    return bracket == null ? Map.of() : bracket.exits(this);
  }

  /** Shares of a stock or fund. */
  public static OrderTerms equity(
      Ticker ticker,
      Side side,
      long quantity,
      OrderType type,
      @Nullable Price limitPrice,
      @Nullable Price stopPrice,
      TimeInForce timeInForce) {
    return new OrderTerms(ticker, null, side, quantity, type, limitPrice, stopPrice, timeInForce);
  }

  /** Shares at the market, for today. */
  public static OrderTerms market(Ticker ticker, Side side, long quantity) {
    return equity(ticker, side, quantity, OrderType.MARKET, null, null, TimeInForce.DAY);
  }

  /** The same for another quantity. */
  public OrderTerms withQuantity(long other) {
    return new OrderTerms(
        ticker, option, side, other, type, limitPrice, stopPrice, timeInForce, bracket);
  }

  /** What kind of thing is traded. */
  public AssetType assetType() {
    return option == null ? AssetType.EQUITY : AssetType.OPTION;
  }

  /** The name a broker knows the instrument by: the ticker, or the option's 21 characters. */
  public String symbol() {
    return option == null ? ticker.symbol() : option.format();
  }

  /** Dollars per dollar of price: 1 for a share, 100 for an option contract. */
  public int multiplier() {
    return option == null ? 1 : SHARES_PER_CONTRACT;
  }

  /** The quantity with its sign: what a position grows by when all of it is filled. */
  public long signedQuantity() {
    return side.isBuy() ? quantity : -quantity;
  }
}
