package io.alphakite.simulator.web;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.broker.Appraisal;
import io.alphakite.simulator.broker.OrderDesk;
import io.alphakite.simulator.market.Market;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The account as the trader API writes it. */
final class AccountViews {
  private static final BigDecimal MAINTENANCE = new BigDecimal("0.30");
  private static final BigDecimal DAY_TRADING_FACTOR = BigDecimal.valueOf(4);
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private static final List<String> MARGIN_INITIAL =
      List.of(
          "accountValue",
          "accruedInterest",
          "availableFundsNonMarginableTrade",
          "bondValue",
          "buyingPower",
          "cashAvailableForTrading",
          "cashBalance",
          "cashReceipts",
          "dayTradingBuyingPower",
          "dayTradingBuyingPowerCall",
          "dayTradingEquityCall",
          "equity",
          "equityPercentage",
          "isInCall",
          "liquidationValue",
          "longMarginValue",
          "longOptionMarketValue",
          "longStockValue",
          "maintenanceCall",
          "maintenanceRequirement",
          "margin",
          "marginBalance",
          "marginEquity",
          "moneyMarketFund",
          "mutualFundValue",
          "pendingDeposits",
          "regTCall",
          "shortBalance",
          "shortMarginValue",
          "shortOptionMarketValue",
          "shortStockValue",
          "totalCash",
          "unsettledCash");
  private static final List<String> CASH_INITIAL =
      List.of(
          "accountValue",
          "accruedInterest",
          "bondValue",
          "cashAvailableForTrading",
          "cashAvailableForWithdrawal",
          "cashBalance",
          "cashDebitCallValue",
          "cashReceipts",
          "isInCall",
          "liquidationValue",
          "longOptionMarketValue",
          "longStockValue",
          "moneyMarketFund",
          "mutualFundValue",
          "pendingDeposits",
          "shortOptionMarketValue",
          "shortStockValue",
          "unsettledCash");
  private static final List<String> CURRENT =
      List.of(
          "accruedInterest",
          "cashBalance",
          "cashReceipts",
          "longOptionMarketValue",
          "liquidationValue",
          "longMarketValue",
          "moneyMarketFund",
          "savings",
          "shortMarketValue",
          "pendingDeposits",
          "mutualFundValue",
          "bondValue",
          "shortOptionMarketValue");
  private static final List<String> MARGIN_CURRENT =
      List.of(
          "availableFunds",
          "availableFundsNonMarginableTrade",
          "buyingPower",
          "buyingPowerNonMarginableTrade",
          "dayTradingBuyingPower",
          "equity",
          "equityPercentage",
          "longMarginValue",
          "maintenanceCall",
          "maintenanceRequirement",
          "marginBalance",
          "regTCall",
          "shortBalance",
          "shortMarginValue",
          "sma");
  private static final List<String> CASH_CURRENT =
      List.of(
          "cashAvailableForTrading",
          "cashAvailableForWithdrawal",
          "cashCall",
          "longNonMarginableMarketValue",
          "totalCash",
          "cashDebitCallValue",
          "unsettledCash");
  private static final List<String> MARGIN_PROJECTED =
      List.of(
          "availableFunds",
          "availableFundsNonMarginableTrade",
          "buyingPower",
          "dayTradingBuyingPower",
          "dayTradingBuyingPowerCall",
          "maintenanceCall",
          "regTCall",
          "isInCall",
          "stockBuyingPower");
  private static final List<String> CASH_PROJECTED =
      List.of("cashAvailableForTrading", "cashAvailableForWithdrawal");

  private final OrderDesk desk;
  private final Market market;
  private final boolean margin;

  AccountViews(OrderDesk desk, Market market, boolean margin) {
    this.desk = desk;
    this.market = market;
    this.margin = margin;
  }

  /** The account at one moment of the market. */
  Map<String, Object> view(boolean withPositions) {
    market.lock().lock();
    try {
      return locked(withPositions);
    } finally {
      market.lock().unlock();
    }
  }

  private Map<String, Object> locked(boolean withPositions) {
    Account account = desk.shownBalances();
    Map<String, Account.Holding> held = new TreeMap<>(desk.shownPositions().positions());
    Appraisal.Worth value = desk.appraisal().worth(account);
    BigDecimal power = desk.buyingPower(account).max(BigDecimal.ZERO);
    Map<String, BigDecimal> now = amounts(account.cash(), value, power);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", margin ? "MARGIN" : "CASH");
    body.put("accountNumber", Account.NUMBER);
    body.put("roundTrips", 0);
    body.put("isDayTrader", false);
    body.put("isClosingOnlyRestricted", false);
    body.put("pfcbFlag", false);
    if (withPositions && !held.isEmpty()) {
      List<Map<String, Object>> positions = new ArrayList<>();
      held.forEach((symbol, holding) -> positions.add(position(symbol, holding)));
      body.put("positions", positions);
    }
    Account.Opening opening = account.opening();
    Map<String, BigDecimal> initial =
        opening == null
            ? now
            : amounts(
                opening.cash(),
                new Appraisal.Worth(
                    opening.longStock(),
                    opening.shortStock(),
                    opening.longOption(),
                    opening.shortOption()),
                opening.buyingPower().max(BigDecimal.ZERO));
    body.put("initialBalances", block(initial, margin ? MARGIN_INITIAL : CASH_INITIAL));
    Map<String, Object> current = block(now, CURRENT);
    current.putAll(block(now, margin ? MARGIN_CURRENT : CASH_CURRENT));
    body.put("currentBalances", current);
    body.put("projectedBalances", block(now, margin ? MARGIN_PROJECTED : CASH_PROJECTED));
    BigDecimal liquidation = account.cash().add(value.total());
    Map<String, Object> aggregated = new LinkedHashMap<>();
    aggregated.put("currentLiquidationValue", Amounts.cents(liquidation));
    aggregated.put("liquidationValue", Amounts.cents(liquidation));
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("securitiesAccount", body);
    view.put("aggregatedBalance", aggregated);
    return view;
  }

  private static Map<String, Object> block(Map<String, BigDecimal> amounts, List<String> names) {
    Map<String, Object> block = new LinkedHashMap<>();
    for (String name : names) {
      if (name.equals("isInCall")) {
        block.put(name, false);
      } else {
        block.put(name, Amounts.cents(amounts.getOrDefault(name, BigDecimal.ZERO)));
      }
    }
    return block;
  }

  /** Everything that is not zero, by Schwab's name. */
  private static Map<String, BigDecimal> amounts(
      BigDecimal cash, Appraisal.Worth value, BigDecimal power) {
    BigDecimal equity = cash.add(value.total());
    BigDecimal requirement = value.longStock().subtract(value.shortStock()).multiply(MAINTENANCE);
    Map<String, BigDecimal> amounts = new HashMap<>();
    for (String name : List.of("accountValue", "equity", "liquidationValue", "marginEquity")) {
      amounts.put(name, equity);
    }
    for (String name : List.of("cashBalance", "totalCash")) {
      amounts.put(name, cash);
    }
    for (String name :
        List.of(
            "availableFunds",
            "availableFundsNonMarginableTrade",
            "buyingPower",
            "buyingPowerNonMarginableTrade",
            "stockBuyingPower",
            "cashAvailableForTrading",
            "cashAvailableForWithdrawal",
            "sma")) {
      amounts.put(name, power);
    }
    amounts.put("dayTradingBuyingPower", power.multiply(DAY_TRADING_FACTOR));
    amounts.put("equityPercentage", HUNDRED);
    amounts.put("longMarketValue", value.longStock());
    amounts.put("longStockValue", value.longStock());
    amounts.put("longMarginValue", value.longStock());
    amounts.put("longNonMarginableMarketValue", value.longStock());
    amounts.put("shortMarketValue", value.shortStock());
    amounts.put("shortStockValue", value.shortStock());
    amounts.put("shortMarginValue", value.shortStock());
    amounts.put("longOptionMarketValue", value.longOption());
    amounts.put("shortOptionMarketValue", value.shortOption());
    amounts.put("maintenanceRequirement", requirement);
    return amounts;
  }

  private Map<String, Object> position(String symbol, Account.Holding holding) {
    boolean isLong = holding.quantity() > 0;
    long units = Math.abs(holding.quantity());
    BigDecimal multiplier = BigDecimal.valueOf(Account.multiplier(symbol));
    BigDecimal price = desk.appraisal().price(symbol, holding);
    BigDecimal signed = BigDecimal.valueOf(holding.quantity()).multiply(multiplier);
    BigDecimal value = price.multiply(signed);
    BigDecimal open = price.subtract(holding.average()).multiply(signed);
    long before = holding.quantity() - holding.dayQuantity();
    BigDecimal start =
        desk.appraisal()
            .previousClose(symbol, holding)
            .multiply(BigDecimal.valueOf(before))
            .multiply(multiplier);
    BigDecimal day = value.subtract(start).subtract(holding.dayCost());
    BigDecimal base = start.abs().add(holding.dayCost().abs());
    Map<String, Object> position = new LinkedHashMap<>();
    position.put("shortQuantity", Amounts.quantity(isLong ? 0 : units));
    position.put("averagePrice", Amounts.plain(holding.average()));
    position.put("currentDayProfitLoss", Amounts.cents(day));
    position.put(
        "currentDayProfitLossPercentage",
        base.signum() == 0
            ? Amounts.quantity(0)
            : Amounts.plain(day.multiply(HUNDRED).divide(base, 2, RoundingMode.HALF_UP)));
    position.put("longQuantity", Amounts.quantity(isLong ? units : 0));
    position.put("settledLongQuantity", Amounts.quantity(isLong ? units : 0));
    position.put("settledShortQuantity", Amounts.quantity(isLong ? 0 : -units));
    Map<String, Object> instrument = Instruments.of(market, symbol);
    instrument.put(
        "netChange",
        Amounts.plain(price.subtract(desk.appraisal().previousClose(symbol, holding))));
    position.put("instrument", instrument);
    position.put("marketValue", Amounts.cents(value));
    position.put(
        "maintenanceRequirement",
        Amounts.cents(
            Account.multiplier(symbol) == 1 ? value.abs().multiply(MAINTENANCE) : BigDecimal.ZERO));
    String side = isLong ? "Long" : "Short";
    position.put("average" + side + "Price", Amounts.plain(holding.average()));
    position.put("taxLotAverage" + side + "Price", Amounts.plain(holding.average()));
    position.put((isLong ? "long" : "short") + "OpenProfitLoss", Amounts.cents(open));
    position.put(
        "previousSession" + side + "Quantity",
        Amounts.quantity(
            Long.signum(before) == Long.signum(holding.quantity()) ? Math.abs(before) : 0));
    position.put("currentDayCost", Amounts.cents(holding.dayCost()));
    return position;
  }
}
