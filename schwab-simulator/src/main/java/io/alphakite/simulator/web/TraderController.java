package io.alphakite.simulator.web;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.broker.OrderDesk;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.stream.StreamerHub;
import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Accounts and user preferences of the trader API. */
@RestController
public final class TraderController {
  private static final BigDecimal MAINTENANCE = new BigDecimal("0.30");
  private static final BigDecimal DAY_TRADING_FACTOR = BigDecimal.valueOf(4);

  private final OrderDesk desk;
  private final Market market;

  public TraderController(OrderDesk desk, Market market) {
    this.desk = desk;
    this.market = market;
  }

  @GetMapping("/trader/v1/userPreference")
  Map<String, Object> userPreference(
      @RequestHeader("Host") String host, HttpServletRequest request) {
    Map<String, Object> account = new LinkedHashMap<>();
    account.put("accountNumber", Account.NUMBER);
    account.put("primaryAccount", true);
    account.put("type", "BROKERAGE");
    account.put("nickName", "Simulated");
    account.put("displayAcctId", "..." + Account.NUMBER.substring(Account.NUMBER.length() - 3));
    account.put("autoPositionEffect", false);
    account.put("accountColor", "Green");
    account.put("lotSelectionMethod", "FIFO");
    Map<String, Object> streamer = new LinkedHashMap<>();
    streamer.put("streamerSocketUrl", (request.isSecure() ? "wss://" : "ws://") + host + "/ws");
    streamer.put("schwabClientCustomerId", StreamerHub.CUSTOMER_ID);
    streamer.put("schwabClientCorrelId", UUID.randomUUID().toString());
    streamer.put("schwabClientChannel", "N9");
    streamer.put("schwabClientFunctionId", "APIAPP");
    Map<String, Object> offer = new LinkedHashMap<>();
    offer.put("level2Permissions", true);
    offer.put("mktDataPermission", "NP");
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("accounts", List.of(account));
    body.put("streamerInfo", List.of(streamer));
    body.put("offers", List.of(offer));
    return body;
  }

  @GetMapping("/trader/v1/accounts/accountNumbers")
  List<Map<String, Object>> accountNumbers() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("accountNumber", Account.NUMBER);
    row.put("hashValue", Account.HASH);
    return List.of(row);
  }

  @GetMapping("/trader/v1/accounts")
  List<Map<String, Object>> accounts(
      @RequestParam(name = "fields", defaultValue = "") String fields) {
    return List.of(account(fields));
  }

  @GetMapping("/trader/v1/accounts/{hash}")
  ResponseEntity<Object> account(
      @PathVariable String hash, @RequestParam(name = "fields", defaultValue = "") String fields) {
    return hash.equals(Account.HASH)
        ? ApiErrors.json(200, account(fields))
        : OrderController.unknownAccount();
  }

  private Map<String, Object> account(String fields) {
    market.lock().lock();
    try {
      return view(desk.account(), fields.contains("positions"));
    } finally {
      market.lock().unlock();
    }
  }

  private Map<String, Object> view(Account account, boolean withPositions) {
    BigDecimal longValue = BigDecimal.ZERO;
    BigDecimal shortValue = BigDecimal.ZERO;
    List<Map<String, Object>> positions = new ArrayList<>();
    for (Map.Entry<String, Account.Holding> held : account.positions().entrySet()) {
      Account.Holding holding = held.getValue();
      Optional<TickerState> ticker = market.ticker(held.getKey());
      long last = ticker.map(state -> state.image().get(LevelOne.LAST)).orElse(LevelOne.NONE);
      BigDecimal price = last == LevelOne.NONE ? holding.average() : BigDecimal.valueOf(last, 4);
      BigDecimal value = price.multiply(BigDecimal.valueOf(holding.quantity()));
      if (holding.quantity() > 0) {
        longValue = longValue.add(value);
      } else {
        shortValue = shortValue.add(value);
      }
      positions.add(position(held.getKey(), holding, price, ticker));
    }
    BigDecimal equity = account.cash().add(longValue).add(shortValue);
    BigDecimal power = desk.buyingPower().max(BigDecimal.ZERO);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "MARGIN");
    body.put("accountNumber", Account.NUMBER);
    body.put("roundTrips", 0);
    body.put("isDayTrader", false);
    body.put("isClosingOnlyRestricted", false);
    body.put("pfcbFlag", false);
    if (withPositions && !positions.isEmpty()) {
      body.put("positions", positions);
    }
    body.put("initialBalances", initial(account, longValue, shortValue, equity, power));
    body.put("currentBalances", current(account, longValue, shortValue, equity, power));
    Map<String, Object> projected = new LinkedHashMap<>();
    projected.put("availableFunds", Amounts.cents(power));
    projected.put("availableFundsNonMarginableTrade", Amounts.cents(power));
    projected.put("buyingPower", Amounts.cents(power));
    projected.put("isInCall", false);
    projected.put("stockBuyingPower", Amounts.cents(power));
    body.put("projectedBalances", projected);
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("securitiesAccount", body);
    view.put(
        "aggregatedBalance",
        Map.of(
            "currentLiquidationValue", Amounts.cents(equity),
            "liquidationValue", Amounts.cents(equity)));
    return view;
  }

  private static Map<String, Object> initial(
      Account account,
      BigDecimal longValue,
      BigDecimal shortValue,
      BigDecimal equity,
      BigDecimal power) {
    Map<String, Object> initial = new LinkedHashMap<>();
    initial.put("accountValue", Amounts.cents(equity));
    initial.put("accruedInterest", Amounts.quantity(0));
    initial.put("buyingPower", Amounts.cents(power));
    initial.put("cashAvailableForTrading", Amounts.cents(power));
    initial.put("cashBalance", Amounts.cents(account.cash()));
    initial.put("equity", Amounts.cents(equity));
    initial.put("isInCall", false);
    initial.put("liquidationValue", Amounts.cents(equity));
    initial.put("longStockValue", Amounts.cents(longValue));
    initial.put("shortStockValue", Amounts.cents(shortValue));
    initial.put("totalCash", Amounts.cents(account.cash()));
    return initial;
  }

  private static Map<String, Object> current(
      Account account,
      BigDecimal longValue,
      BigDecimal shortValue,
      BigDecimal equity,
      BigDecimal power) {
    Map<String, Object> current = new LinkedHashMap<>();
    current.put("accruedInterest", Amounts.quantity(0));
    current.put("cashBalance", Amounts.cents(account.cash()));
    current.put("cashReceipts", Amounts.quantity(0));
    current.put("longOptionMarketValue", Amounts.quantity(0));
    current.put("liquidationValue", Amounts.cents(equity));
    current.put("longMarketValue", Amounts.cents(longValue));
    current.put("moneyMarketFund", Amounts.quantity(0));
    current.put("savings", Amounts.quantity(0));
    current.put("shortMarketValue", Amounts.cents(shortValue));
    current.put("pendingDeposits", Amounts.quantity(0));
    current.put("availableFunds", Amounts.cents(power));
    current.put("availableFundsNonMarginableTrade", Amounts.cents(power));
    current.put("buyingPower", Amounts.cents(power));
    current.put("buyingPowerNonMarginableTrade", Amounts.cents(power));
    current.put("dayTradingBuyingPower", Amounts.cents(power.multiply(DAY_TRADING_FACTOR)));
    current.put("equity", Amounts.cents(equity));
    current.put("equityPercentage", BigDecimal.valueOf(1000, 1));
    current.put("maintenanceCall", Amounts.quantity(0));
    current.put("maintenanceRequirement", Amounts.cents(longValue.multiply(MAINTENANCE)));
    current.put("marginBalance", Amounts.quantity(0));
    current.put("regTCall", Amounts.quantity(0));
    current.put("shortBalance", Amounts.quantity(0));
    current.put("sma", Amounts.cents(power));
    return current;
  }

  private static Map<String, Object> position(
      String symbol, Account.Holding holding, BigDecimal price, Optional<TickerState> ticker) {
    boolean isLong = holding.quantity() > 0;
    long shares = Math.abs(holding.quantity());
    BigDecimal value = price.multiply(BigDecimal.valueOf(holding.quantity()));
    BigDecimal open =
        price.subtract(holding.average()).multiply(BigDecimal.valueOf(holding.quantity()));
    Optional<Listing> listing = ticker.map(state -> state.image().listing());
    Map<String, Object> position = new LinkedHashMap<>();
    position.put("shortQuantity", Amounts.quantity(isLong ? 0 : shares));
    position.put("averagePrice", Amounts.plain(holding.average()));
    position.put("currentDayProfitLoss", Amounts.cents(open));
    position.put("currentDayProfitLossPercentage", Amounts.quantity(0));
    position.put("longQuantity", Amounts.quantity(isLong ? shares : 0));
    position.put("settledLongQuantity", Amounts.quantity(isLong ? shares : 0));
    position.put("settledShortQuantity", Amounts.quantity(isLong ? 0 : -shares));
    position.put("instrument", OrderController.instrument(symbol, listing));
    position.put("marketValue", Amounts.cents(value));
    position.put("maintenanceRequirement", Amounts.cents(value.abs().multiply(MAINTENANCE)));
    if (isLong) {
      position.put("averageLongPrice", Amounts.plain(holding.average()));
      position.put("taxLotAverageLongPrice", Amounts.plain(holding.average()));
      position.put("longOpenProfitLoss", Amounts.cents(open));
    } else {
      position.put("averageShortPrice", Amounts.plain(holding.average()));
      position.put("taxLotAverageShortPrice", Amounts.plain(holding.average()));
      position.put("shortOpenProfitLoss", Amounts.cents(open));
    }
    position.put("previousSessionLongQuantity", Amounts.quantity(0));
    position.put(
        "currentDayCost",
        Amounts.cents(holding.average().multiply(BigDecimal.valueOf(holding.quantity()))));
    return position;
  }
}
