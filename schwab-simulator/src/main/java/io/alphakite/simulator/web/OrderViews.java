package io.alphakite.simulator.web;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.broker.Finding;
import io.alphakite.simulator.broker.Order;
import io.alphakite.simulator.broker.OrderStatus;
import io.alphakite.simulator.broker.OrderTicket;
import io.alphakite.simulator.broker.OrderTicket.Leg;
import io.alphakite.simulator.broker.OrderTree;
import io.alphakite.simulator.broker.Preview;
import io.alphakite.simulator.market.Market;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Orders and previews as the trader API writes them. */
final class OrderViews {
  private final Market market;

  OrderViews(Market market) {
    this.market = market;
  }

  Map<String, Object> view(OrderTree tree) {
    Order order = tree.order();
    Map<String, Object> view = new LinkedHashMap<>();
    if (order.wrapper()) {
      view.put("orderStrategyType", order.strategy());
    } else {
      terms(order, view);
    }
    OrderStatus status = order.status();
    boolean pending =
        status == OrderStatus.PENDING_CANCEL
            || status == OrderStatus.AWAITING_UR_OUT
            || status == OrderStatus.PENDING_REPLACE;
    view.put("orderId", order.id());
    view.put("cancelable", !status.isTerminal() && !pending);
    view.put("editable", false);
    view.put("status", tree.status());
    if (order.description() != null) {
      view.put("statusDescription", order.description());
    }
    view.put("enteredTime", Amounts.time(order.entered()));
    if (order.closed() != null) {
      view.put("closeTime", Amounts.time(order.closed()));
    }
    view.put("tag", "API_TOS:simulator");
    view.put("accountNumber", Long.parseLong(Account.NUMBER));
    if (order.firmAction() != null) {
      view.put("firmActionType", order.firmAction());
    }
    if (!order.executions().isEmpty()) {
      view.put(
          "orderActivityCollection",
          order.executions().stream().map(execution -> activity(order, execution)).toList());
    }
    if (!tree.children().isEmpty()) {
      view.put("childOrderStrategies", tree.children().stream().map(this::view).toList());
    }
    return view;
  }

  private void terms(Order order, Map<String, Object> view) {
    OrderTicket ticket = order.ticket();
    view.put("session", ticket.session());
    view.put("duration", ticket.duration());
    view.put("orderType", ticket.type());
    view.put("complexOrderStrategyType", ticket.complex());
    view.put("quantity", Amounts.quantity(ticket.quantity()));
    view.put("filledQuantity", Amounts.quantity(order.filled()));
    view.put("remainingQuantity", Amounts.quantity(order.remaining()));
    view.put("requestedDestination", "AUTO");
    view.put("destinationLinkName", "AutoRoute");
    if (ticket.price() != null) {
      view.put("price", Amounts.plain(ticket.price()));
    }
    if (ticket.stopPrice() != null) {
      view.put("stopPrice", Amounts.plain(ticket.stopPrice()));
      view.put("stopType", ticket.stopType());
    }
    OrderTicket.Trail trail = ticket.trail();
    if (trail != null) {
      if (order.stop() != null) {
        view.put("stopPrice", Amounts.plain(order.stop()));
      }
      view.put("stopPriceLinkBasis", trail.basis());
      view.put("stopPriceLinkType", trail.linkType());
      view.put("stopPriceOffset", Amounts.plain(trail.offset()));
      view.put("stopType", ticket.stopType());
    }
    if (ticket.taxLotMethod() != null) {
      view.put("taxLotMethod", ticket.taxLotMethod());
    }
    if (ticket.specialInstruction() != null) {
      view.put("specialInstruction", ticket.specialInstruction());
    }
    List<Map<String, Object>> legs = new ArrayList<>();
    for (Leg leg : ticket.legs()) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("orderLegType", leg.assetType());
      shown.put("legId", legs.size() + 1);
      shown.put("instrument", Instruments.of(market, leg.symbol()));
      shown.put("instruction", leg.instruction());
      shown.put("positionEffect", leg.instruction().opens() ? "OPENING" : "CLOSING");
      shown.put("quantity", Amounts.quantity(leg.quantity()));
      legs.add(shown);
    }
    view.put("orderLegCollection", legs);
    view.put("orderStrategyType", order.strategy());
  }

  private Map<String, Object> activity(Order order, Order.Execution execution) {
    OrderTicket ticket = order.ticket();
    List<Map<String, Object>> legs = new ArrayList<>();
    for (int i = 0; i < ticket.legs().size(); i++) {
      Leg leg = ticket.legs().get(i);
      BigDecimal price =
          execution.legPrices().isEmpty() ? execution.price() : execution.legPrices().get(i);
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("legId", i + 1);
      shown.put("quantity", Amounts.quantity(ticket.units(leg, execution.quantity())));
      shown.put("mismarkedQuantity", Amounts.quantity(0));
      shown.put("price", Amounts.plain(price));
      shown.put("time", Amounts.time(execution.time()));
      shown.put(
          "instrumentId", Instruments.of(market, leg.symbol()).getOrDefault("instrumentId", 0));
      legs.add(shown);
    }
    Map<String, Object> activity = new LinkedHashMap<>();
    activity.put("activityType", "EXECUTION");
    activity.put("activityId", execution.id());
    activity.put("executionType", execution.fill() ? "FILL" : "CANCELED");
    activity.put("quantity", Amounts.quantity(execution.quantity()));
    activity.put("orderRemainingQuantity", Amounts.quantity(execution.remaining()));
    activity.put("executionLegs", legs);
    return activity;
  }

  Map<String, Object> view(Preview preview) {
    OrderTicket ticket = preview.ticket();
    BigDecimal value = Amounts.cents(preview.value().abs());
    Map<String, Object> balance = new LinkedHashMap<>();
    balance.put("orderValue", value);
    balance.put("projectedAvailableFund", Amounts.cents(preview.buyingPower()));
    balance.put("projectedBuyingPower", Amounts.cents(preview.buyingPower()));
    balance.put("projectedCommission", Amounts.quantity(0));
    Map<String, Object> strategy = new LinkedHashMap<>();
    strategy.put("accountNumber", Account.NUMBER);
    strategy.put(
        "advancedOrderType",
        preview.strategy() == OrderTicket.Strategy.SINGLE
            ? "NONE"
            : preview.strategy() == OrderTicket.Strategy.OCO ? "OCO" : "OTO");
    strategy.put("enteredTime", Amounts.time(preview.entered()));
    strategy.put("orderBalance", balance);
    strategy.put("orderStrategyType", preview.strategy());
    strategy.put("orderVersion", 1);
    strategy.put("session", ticket.session());
    strategy.put("status", preview.rejected() ? "REJECTED" : "ACCEPTED");
    strategy.put("discretionary", false);
    strategy.put("duration", ticket.duration());
    strategy.put("filledQuantity", Amounts.quantity(0));
    strategy.put("orderType", ticket.type());
    strategy.put("orderValue", value);
    if (ticket.price() != null) {
      strategy.put("price", Amounts.plain(ticket.price()));
    }
    if (ticket.stopPrice() != null) {
      strategy.put("stopPrice", Amounts.plain(ticket.stopPrice()));
    }
    strategy.put("quantity", Amounts.quantity(ticket.quantity()));
    strategy.put("remainingQuantity", Amounts.quantity(ticket.quantity()));
    strategy.put("sellNonMarginableFirst", false);
    strategy.put("strategy", ticket.complex());
    strategy.put("amountIndicator", "SHARES");
    strategy.put("orderLegs", legs(preview));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("orderId", 0);
    body.put("orderStrategy", strategy);
    body.put("orderValidationResult", validation(preview.findings()));
    body.put("commissionAndFee", costs(ticket.legs().size()));
    return body;
  }

  private static List<Map<String, Object>> legs(Preview preview) {
    List<Map<String, Object>> legs = new ArrayList<>();
    for (Leg leg : preview.ticket().legs()) {
      Preview.LegQuote quote = preview.legs().get(legs.size());
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("askPrice", Amounts.plain(quote.ask()));
      shown.put("bidPrice", Amounts.plain(quote.bid()));
      shown.put("lastPrice", Amounts.plain(quote.last()));
      shown.put("markPrice", Amounts.plain(quote.mark()));
      shown.put("projectedCommission", Amounts.quantity(0));
      shown.put("quantity", Amounts.quantity(leg.quantity()));
      shown.put("finalSymbol", leg.symbol());
      shown.put("legId", legs.size() + 1);
      shown.put("assetType", leg.assetType());
      shown.put("instruction", leg.instruction());
      shown.put("positionEffect", leg.instruction().opens() ? "OPENING" : "CLOSING");
      legs.add(shown);
    }
    return legs;
  }

  /** Only the lists that have something are there. */
  private static Map<String, Object> validation(List<Finding> findings) {
    Map<String, Object> result = new LinkedHashMap<>();
    for (boolean rejects : new boolean[] {true, false}) {
      List<Map<String, Object>> items = new ArrayList<>();
      for (Finding finding : findings) {
        if (finding.rejects() == rejects) {
          Map<String, Object> item = new LinkedHashMap<>();
          item.put("validationRuleName", finding.rule());
          item.put("message", finding.text());
          item.put("activityMessage", finding.text());
          item.put("originalSeverity", rejects ? "REJECT" : "WARN");
          items.add(item);
        }
      }
      if (!items.isEmpty()) {
        result.put(rejects ? "rejects" : "warns", items);
      }
    }
    return result;
  }

  private static Map<String, Object> costs(int legs) {
    List<Object> commissions = new ArrayList<>();
    List<Object> fees = new ArrayList<>();
    for (int i = 0; i < legs; i++) {
      commissions.add(Map.of("commissionValues", List.of(cost("COMMISSION"))));
      fees.add(Map.of("feeValues", List.of(cost("SEC_FEE"))));
    }
    Map<String, Object> costs = new LinkedHashMap<>();
    costs.put("commission", Map.of("commissionLegs", commissions));
    costs.put("fee", Map.of("feeLegs", fees));
    costs.put("trueCommission", Map.of("commissionLegs", List.of()));
    return costs;
  }

  private static Map<String, Object> cost(String type) {
    Map<String, Object> cost = new LinkedHashMap<>();
    cost.put("value", Amounts.quantity(0));
    cost.put("type", type);
    return cost;
  }
}
