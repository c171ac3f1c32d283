package io.alphakite.engine.broker;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Money and holdings. Dollars; null where the broker does not say.
 *
 * @param holdings of what we can trade: stocks, funds and options in whole units
 */
public record AccountReport(
    @Nullable BigDecimal cash, @Nullable BigDecimal buyingPower, List<Holding> holdings) {

  public AccountReport {
    holdings = List.copyOf(holdings);
  }

  /**
   * One holding.
   *
   * @param symbol a ticker, or an option's 21 characters
   * @param quantity signed: negative is short
   */
  public record Holding(String symbol, long quantity, @Nullable BigDecimal averagePrice) {}
}
