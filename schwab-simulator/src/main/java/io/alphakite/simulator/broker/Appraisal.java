package io.alphakite.simulator.broker;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/** What positions are worth at the market's prices. Use under the market's lock. */
public final class Appraisal {
  private final Prices prices;

  Appraisal(Prices prices) {
    this.prices = prices;
  }

  /** What positions are worth, dollars; short ones 0 or less. */
  public record Worth(
      BigDecimal longStock, BigDecimal shortStock, BigDecimal longOption, BigDecimal shortOption) {
    public BigDecimal total() {
      return longStock.add(shortStock).add(longOption).add(shortOption);
    }
  }

  /** What an account's positions are worth now. */
  public Worth worth(Account account) {
    Map<String, BigDecimal> sums = new HashMap<>();
    account
        .positions()
        .forEach(
            (symbol, holding) -> {
              long multiplier = Account.multiplier(symbol);
              BigDecimal value =
                  price(symbol, holding)
                      .multiply(BigDecimal.valueOf(holding.quantity() * multiplier));
              String kind = (multiplier > 1 ? "option" : "stock") + Long.signum(holding.quantity());
              sums.merge(kind, value, BigDecimal::add);
            });
    return new Worth(
        sums.getOrDefault("stock1", BigDecimal.ZERO),
        sums.getOrDefault("stock-1", BigDecimal.ZERO),
        sums.getOrDefault("option1", BigDecimal.ZERO),
        sums.getOrDefault("option-1", BigDecimal.ZERO));
  }

  /** The price at which a position is valued; what it cost when the market shows none. */
  public BigDecimal price(String symbol, Account.Holding holding) {
    Prices.Quote shown = prices.quote(symbol).orElse(null);
    BigDecimal price =
        shown == null ? null : Account.multiplier(symbol) > 1 ? shown.mark() : shown.last();
    return price == null ? holding.average() : price;
  }

  /** A symbol's close before today; what a position cost when the market shows none. */
  public BigDecimal previousClose(String symbol, Account.Holding holding) {
    Prices.Quote shown = prices.quote(symbol).orElse(null);
    BigDecimal close = shown == null ? null : shown.previousClose();
    return close == null ? holding.average() : close;
  }
}
