package io.alphakite.schwab.trader;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An account's money and holdings now. Schwab may lag fills here. Amounts are dollars; a missing
 * one is null, since not every key appears on every account.
 *
 * @param number the plain account number; kept out of {@link #toString}
 * @param type MARGIN or CASH
 * @param roundTrips day trades of the last days; null when Schwab omits it
 * @param closingOnlyRestricted whether positions may be closed only
 * @param initial as the day began
 * @param current now, which is the one to use
 * @param projected as it will be when all is settled
 * @param liquidationValue of {@code aggregatedBalance}: all of the account, or accounts that are
 *     counted together
 * @param positions empty when flat, or not asked for
 */
public record AccountSnapshot(
    String number,
    String type,
    @Nullable Long roundTrips,
    boolean dayTrader,
    boolean closingOnlyRestricted,
    boolean pfcbFlag,
    Balances initial,
    Balances current,
    Balances projected,
    @Nullable BigDecimal liquidationValue,
    List<BrokerPosition> positions) {

  public AccountSnapshot {
    positions = List.copyOf(positions);
  }

  /** The current cash balance. */
  public @Nullable BigDecimal cash() {
    return current.first(Balance.CASH_BALANCE, Balance.TOTAL_CASH);
  }

  /** The current equity, else the liquidation value. */
  public @Nullable BigDecimal equity() {
    return current.first(Balance.EQUITY, Balance.LIQUIDATION_VALUE);
  }

  /** Of a margin account; of a cash account the cash available for trading. */
  public @Nullable BigDecimal buyingPower() {
    return current.first(Balance.BUYING_POWER, Balance.CASH_AVAILABLE_FOR_TRADING);
  }

  @Override
  public String toString() {
    return "AccountSnapshot[%s, %d positions]".formatted(type, positions.size());
  }

  /**
   * One holding.
   *
   * @param longQuantity shares or contracts held, 0 or above
   * @param shortQuantity shares or contracts owed, 0 or above
   * @param settledShortQuantity 0 or below, as Schwab writes it
   * @param previousSessionLongQuantity what was held when the last session ended
   */
  public record BrokerPosition(
      Instrument instrument,
      BigDecimal longQuantity,
      BigDecimal shortQuantity,
      @Nullable BigDecimal averagePrice,
      @Nullable BigDecimal averageLongPrice,
      @Nullable BigDecimal averageShortPrice,
      @Nullable BigDecimal taxLotAverageLongPrice,
      @Nullable BigDecimal taxLotAverageShortPrice,
      @Nullable BigDecimal marketValue,
      @Nullable BigDecimal maintenanceRequirement,
      @Nullable BigDecimal longOpenProfitLoss,
      @Nullable BigDecimal shortOpenProfitLoss,
      @Nullable BigDecimal currentDayProfitLoss,
      @Nullable BigDecimal currentDayProfitLossPercentage,
      @Nullable BigDecimal currentDayCost,
      @Nullable BigDecimal settledLongQuantity,
      @Nullable BigDecimal settledShortQuantity,
      @Nullable BigDecimal previousSessionLongQuantity,
      @Nullable BigDecimal previousSessionShortQuantity) {

    public String symbol() {
      return instrument.symbol();
    }

    /** EQUITY, OPTION, COLLECTIVE_INVESTMENT (funds) and others. */
    public String assetType() {
      return instrument.assetType();
    }

    /** Signed: negative is short. */
    public BigDecimal quantity() {
      return longQuantity.subtract(shortQuantity);
    }
  }
}
