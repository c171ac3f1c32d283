package io.alphakite.schwab.trader;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An account's money and holdings now. Schwab may lag fills here. Amounts are dollars; a missing
 * one is null, since not every key appears on every account.
 *
 * @param type MARGIN or CASH
 * @param cash {@code currentBalances.cashBalance}
 * @param equity {@code currentBalances.equity}, else the liquidation value
 * @param buyingPower of a margin account; of a cash account the cash available for trading
 */
public record AccountSnapshot(
    String type,
    @Nullable BigDecimal cash,
    @Nullable BigDecimal equity,
    @Nullable BigDecimal buyingPower,
    List<BrokerPosition> positions) {

  public AccountSnapshot {
    positions = List.copyOf(positions);
  }

  /**
   * One holding.
   *
   * @param assetType EQUITY, OPTION, COLLECTIVE_INVESTMENT (funds) and others
   * @param quantity signed: negative is short
   */
  public record BrokerPosition(
      String symbol,
      String assetType,
      BigDecimal quantity,
      @Nullable BigDecimal averagePrice,
      @Nullable BigDecimal marketValue) {}
}
