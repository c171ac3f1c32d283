package io.alphakite.simulator.web;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.broker.OrderDesk;
import io.alphakite.simulator.broker.OrderTicket;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Transactions of the trader API: one for each fill of the orders that are kept. */
@RestController
public final class TransactionController {
  private static final int MAX_ROWS = 3000;
  private static final Set<String> TYPES =
      Set.of(
          "TRADE",
          "RECEIVE_AND_DELIVER",
          "DIVIDEND_OR_INTEREST",
          "ACH_RECEIPT",
          "ACH_DISBURSEMENT",
          "CASH_RECEIPT",
          "CASH_DISBURSEMENT",
          "ELECTRONIC_FUND",
          "WIRE_OUT",
          "WIRE_IN",
          "JOURNAL",
          "MEMORANDUM",
          "MARGIN_CALL",
          "MONEY_MARKET",
          "SMA_ADJUSTMENT");

  private final OrderDesk desk;
  private final Market market;
  private final NumberForms numbers;
  private final String subAccount;

  public TransactionController(
      OrderDesk desk, Market market, FaultDials faults, SimulatorSettings settings) {
    this.desk = desk;
    this.market = market;
    this.numbers = new NumberForms(faults);
    this.subAccount = settings.account().margin() ? "MARGIN" : "CASH";
  }

  @GetMapping("/trader/v1/accounts/{hash}/transactions")
  ResponseEntity<Object> list(
      @PathVariable String hash,
      @RequestParam(name = "startDate", defaultValue = "") String start,
      @RequestParam(name = "endDate", defaultValue = "") String end,
      @RequestParam(name = "types", defaultValue = "") String types,
      @RequestParam(name = "symbol", defaultValue = "") String symbol) {
    if (!OrderController.isOurs(hash)) {
      return OrderController.unknownAccount();
    }
    QueryWindow window;
    List<String> wanted = Arrays.stream(types.split(",", -1)).map(String::strip).toList();
    try {
      window = QueryWindow.of("startDate", start, "endDate", end);
      if (!TYPES.containsAll(wanted)) {
        throw new QueryWindow.Refused("types", types);
      }
    } catch (QueryWindow.Refused e) {
      return e.answer();
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (OrderDesk.Trade trade :
        wanted.contains("TRADE") ? desk.trades() : List.<OrderDesk.Trade>of()) {
      if (rows.size() < MAX_ROWS
          && window.contains(trade.execution().time())
          && (symbol.isEmpty()
              || trade.order().ticket().legs().stream()
                  .anyMatch(leg -> leg.symbol().equals(symbol)))) {
        rows.add(view(trade));
      }
    }
    return ApiErrors.json(200, numbers.written(rows, "TRANSACTIONS"));
  }

  @GetMapping("/trader/v1/accounts/{hash}/transactions/{id}")
  ResponseEntity<Object> one(@PathVariable String hash, @PathVariable String id) {
    if (!OrderController.isOurs(hash)) {
      return OrderController.unknownAccount();
    }
    Optional<OrderDesk.Trade> trade =
        desk.trades().stream().filter(each -> id.equals(Long.toString(activityId(each)))).findAny();
    return trade.isPresent()
        ? ApiErrors.json(200, numbers.written(view(trade.get()), "TRANSACTIONS"))
        : ApiErrors.trader(404, "Transaction not found");
  }

  /** Next to the fill's own, never the same. */
  private static long activityId(OrderDesk.Trade trade) {
    return trade.execution().id() + 1;
  }

  private Map<String, Object> view(OrderDesk.Trade trade) {
    OrderTicket ticket = trade.order().ticket();
    Instant time = trade.execution().time();
    List<Map<String, Object>> items = new ArrayList<>();
    for (String fee : List.of("COMMISSION", "SEC_FEE", "TAF_FEE")) {
      items.add(fee(fee));
    }
    BigDecimal net = BigDecimal.ZERO;
    for (int i = 0; i < ticket.legs().size(); i++) {
      OrderTicket.Leg leg = ticket.legs().get(i);
      BigDecimal price =
          trade.execution().legPrices().isEmpty()
              ? trade.execution().price()
              : trade.execution().legPrices().get(i);
      long signed = ticket.units(leg, trade.execution().quantity());
      signed = leg.instruction().buys() ? signed : -signed;
      BigDecimal cost =
          price.multiply(BigDecimal.valueOf(-signed * Account.multiplier(leg.symbol())));
      net = net.add(cost);
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("instrument", Instruments.of(market, leg.symbol()));
      item.put("amount", Amounts.quantity(signed));
      item.put("cost", Amounts.plain(cost));
      item.put("price", Amounts.plain(price));
      item.put("positionEffect", leg.instruction().opens() ? "OPENING" : "CLOSING");
      items.add(item);
    }
    MarketCalendar calendar = MarketCalendar.nyse();
    LocalDate settles = calendar.nextSession(calendar.dateOf(time)).date();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("activityId", activityId(trade));
    row.put("time", Amounts.time(time));
    row.put("accountNumber", Account.NUMBER);
    row.put("type", "TRADE");
    row.put("status", "VALID");
    row.put("subAccount", subAccount);
    row.put("tradeDate", Amounts.time(time));
    row.put("settlementDate", Amounts.time(calendar.at(settles, LocalTime.MIDNIGHT)));
    row.put("positionId", 1L + (ticket.symbol().hashCode() & 0xFFFFFFF));
    row.put("orderId", trade.order().id());
    row.put("netAmount", Amounts.plain(net));
    row.put("transferItems", items);
    return row;
  }

  private static Map<String, Object> fee(String type) {
    Map<String, Object> cash = new LinkedHashMap<>();
    cash.put("assetType", "CURRENCY");
    cash.put("symbol", "CURRENCY_USD");
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("instrument", cash);
    item.put("amount", Amounts.quantity(0));
    item.put("cost", Amounts.quantity(0));
    item.put("feeType", type);
    return item;
  }
}
