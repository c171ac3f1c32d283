package io.alphakite.schwab.trader;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The amounts Schwab's balance blocks may hold. Margin and cash accounts have different ones, and
 * not every account has all of its kind's. Dollars, except EQUITY_PERCENTAGE.
 */
public enum Balance {
  ACCOUNT_VALUE,
  ACCRUED_INTEREST,
  AVAILABLE_FUNDS,
  AVAILABLE_FUNDS_NON_MARGINABLE_TRADE,
  BOND_VALUE,
  BUYING_POWER,
  BUYING_POWER_NON_MARGINABLE_TRADE,
  CASH_AVAILABLE_FOR_TRADING,
  CASH_AVAILABLE_FOR_WITHDRAWAL,
  CASH_BALANCE,
  CASH_CALL,
  CASH_DEBIT_CALL_VALUE,
  CASH_RECEIPTS,
  DAY_TRADING_BUYING_POWER,
  DAY_TRADING_BUYING_POWER_CALL,
  DAY_TRADING_EQUITY_CALL,
  EQUITY,
  EQUITY_PERCENTAGE,
  LIQUIDATION_VALUE,
  LONG_MARGIN_VALUE,
  LONG_MARKET_VALUE,
  LONG_NON_MARGINABLE_MARKET_VALUE,
  LONG_OPTION_MARKET_VALUE,
  LONG_STOCK_VALUE,
  MAINTENANCE_CALL,
  MAINTENANCE_REQUIREMENT,
  MARGIN,
  MARGIN_BALANCE,
  MARGIN_EQUITY,
  MONEY_MARKET_FUND,
  MUTUAL_FUND_VALUE,
  PENDING_DEPOSITS,
  REG_T_CALL("regTCall"),
  SAVINGS,
  SHORT_BALANCE,
  SHORT_MARGIN_VALUE,
  SHORT_MARKET_VALUE,
  SHORT_OPTION_MARKET_VALUE,
  SHORT_STOCK_VALUE,
  SMA,
  STOCK_BUYING_POWER,
  TOTAL_CASH,
  UNSETTLED_CASH;

  private static final Map<String, Balance> BY_FIELD = new HashMap<>();

  static {
    for (Balance balance : values()) {
      BY_FIELD.put(balance.field, balance);
    }
  }

  private final String field;

  Balance() {
    this.field = camelCase(name());
  }

  Balance(String field) {
    this.field = field;
  }

  /** As Schwab writes it, such as {@code cashBalance}. */
  public String field() {
    return field;
  }

  static Optional<Balance> of(String field) {
    return Optional.ofNullable(BY_FIELD.get(field));
  }

  private static String camelCase(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.toLowerCase(Locale.ROOT).split("_", -1)) {
      camel.append(
          camel.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return camel.toString();
  }
}
