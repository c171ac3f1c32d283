package io.alphakite.simulator.broker;

import io.alphakite.model.calendar.MarketCalendar;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Account activity in Schwab's form: which messages an order's life gives, in the order that
 * captures show, with decimals packed and times in New York without a zone.
 */
final class AccountEvents {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
  private static final int PRICE_SCALE = 4;
  private static final int QUANTITY_SCALE = 6;

  private final Sink sink;

  /** Where messages go. */
  @FunctionalInterface
  interface Sink {
    void send(String account, String messageType, String payload);
  }

  AccountEvents(Sink sink) {
    this.sink = sink;
  }

  void created(Order order) {
    send(order, "OrderCreated", "OrderCreatedEventEquityOrder", Map.of("Order", posting(order)));
  }

  void accepted(Order order) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("CreatedTimeStamp", stamp(order.entered()));
    inner.put("Status", "Accepted");
    send(order, "OrderAccepted", "OrderAcceptedEvent", inner);
  }

  void routed(Order order, String request) {
    Map<String, Object> route = new LinkedHashMap<>();
    route.put("RouteName", "SIMULATOR");
    route.put("RouteRequestedType", request);
    route.put("ClientOrderID", order.id() + ".1");
    send(order, "ExecutionRequested", "ExecutionRequestedEventRoutedInfo", route);
  }

  void routeCreated(Order order) {
    send(
        order,
        "ExecutionRequestCreated",
        "ExecutionRequestCreatedEvent",
        Map.of("RouteName", "SIMULATOR", "ClientOrderID", order.id() + ".1"));
  }

  void routeCompleted(Order order) {
    send(
        order,
        "ExecutionRequestCompleted",
        "ExecutionRequestCompletedEvent",
        Map.of("ResponseType", "Accepted", "RouteStatus", "RouteOpen"));
  }

  void filled(Order order, Order.Execution execution) {
    boolean whole = execution.remaining() == 0;
    BigDecimal notional = BigDecimal.ZERO;
    long quantity = 0;
    for (Order.Execution each : order.executions()) {
      if (each.fill()) {
        notional = notional.add(each.price().multiply(BigDecimal.valueOf(each.quantity())));
        quantity += each.quantity();
      }
    }
    BigDecimal average =
        notional.divide(BigDecimal.valueOf(quantity), PRICE_SCALE, RoundingMode.HALF_UP);
    Map<String, Object> quantities = new LinkedHashMap<>();
    quantities.put("ExecutionID", Long.toString(execution.id()));
    quantities.put("CumulativeQuantity", quantity(quantity));
    quantities.put("LeavesQuantity", quantity(execution.remaining()));
    quantities.put("AveragePrice", price(average));
    Map<String, Object> fill = new LinkedHashMap<>();
    fill.put("ExecutionSequenceNumber", order.executions().size());
    fill.put("ExecutionId", Long.toString(execution.id()));
    fill.put("VenueExecutionID", "SIM" + execution.id());
    fill.put("ExecutionQuantity", quantity(execution.quantity()));
    fill.put("ExecutionPrice", price(execution.price()));
    fill.put("ExecutionTimeStamp", stamp(execution.time()));
    fill.put("ExecutionTransType", "Fill");
    fill.put("RouteName", "SIMULATOR");
    fill.put(
        "PrincipalAmmount",
        price(execution.price().multiply(BigDecimal.valueOf(execution.quantity()))));
    fill.put("ActualChargedFeesCommissionAndTax", Map.of());
    fill.put("ClientOrderID", order.id() + ".1");
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("LegId", legId(order));
    inner.put("LegStatus", whole ? "LegClosed" : "LegOpen");
    inner.put("LegSubStatus", whole ? "LegSubStatusFilled" : "LegSubStatusPartiallyFilled");
    inner.put("QuantityInfo", quantities);
    inner.put("ExecutionInfo", fill);
    inner.put("OrderInfoForTransactionPosting", posting(order));
    send(order, "OrderFillCompleted", "OrderFillCompletedEventOrderLegQuantityInfo", inner);
  }

  void cancelAccepted(Order order, @Nullable Long replacement) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("LegCancelRequestInfoList", List.of(Map.of("LegID", legId(order))));
    if (replacement != null) {
      inner.put("ChangedNewSchwabOrderId", Long.toString(replacement));
    }
    send(order, "CancelAccepted", "CancelAcceptedEvent", inner);
  }

  void changed(Order replacement, long parent) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("ParentSchwabOrderID", Long.toString(parent));
    inner.put("Order", posting(replacement));
    send(replacement, "ChangeCreated", "ChangeCreatedEventEquityOrder", inner);
  }

  /** The venue's "out" of a cancelled order. */
  void venueOut(Order order) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("ExecutionTransType", "UROut");
    inner.put("LegId", legId(order));
    inner.put("ExecutionQuantity", quantity(order.open()));
    send(order, "ExecutionCreated", "ExecutionCreatedEventExecutionInfo", inner);
  }

  /**
   * The order is out: cancelled by the client, or rejected.
   *
   * @param reasons rule and text of a rejection, each
   */
  void out(Order order, String cancelType, Map<String, String> reasons) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("LegId", legId(order));
    inner.put("LegStatus", "LegClosed");
    inner.put("LegSubStatus", "LegSubStatusCancelled");
    inner.put("OutCancelType", cancelType);
    inner.put(
        "ValidationDetail",
        reasons.entrySet().stream()
            .map(
                reason ->
                    Map.of(
                        "NgOMSRuleName", reason.getKey(),
                        "NgOMSRuleDescription", reason.getValue()))
            .toList());
    send(order, "OrderUROutCompleted", "OrderUROutCompletedEvent", inner);
  }

  void expired(Order order) {
    send(order, "OrderExpired", "OrderExpiredEvent", Map.of("LegId", legId(order)));
  }

  private void send(Order order, String type, String innerName, Map<String, Object> inner) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("EventType", type);
    event.put(innerName, inner);
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("SchwabOrderID", Long.toString(order.id()));
    payload.put("AccountNumber", Account.NUMBER);
    payload.put("BaseEvent", event);
    sink.send(Account.NUMBER, type, JSON.writeValueAsString(payload));
  }

  private static Map<String, Object> posting(Order order) {
    OrderTicket ticket = order.ticket();
    Map<String, Object> posting = new LinkedHashMap<>();
    posting.put("LimitPrice", price(ticket.price()));
    posting.put("StopPrice", price(ticket.stopPrice()));
    posting.put("OrderTypeCode", ticket.type().name());
    posting.put("BuySellCode", ticket.instruction().name());
    posting.put("Quantity", quantity(ticket.quantity()));
    posting.put("Symbol", ticket.symbol());
    return posting;
  }

  /** A long id of its own, as Schwab's legs have one that is not the REST legId. */
  private static String legId(Order order) {
    return "4" + order.id() + "001";
  }

  private static Map<String, Object> stamp(Instant time) {
    MarketCalendar calendar = MarketCalendar.nyse();
    return Map.of(
        "DateTimeString", calendar.dateOf(time) + " " + TIME.format(calendar.timeOf(time)));
  }

  private static Map<String, Object> price(@Nullable BigDecimal value) {
    return value == null ? Map.of() : packed(value, PRICE_SCALE);
  }

  private static Map<String, Object> quantity(long value) {
    return packed(BigDecimal.valueOf(value), QUANTITY_SCALE);
  }

  /** value = lo / 10^(signScale / 2), negative when signScale is odd; a zero has no lo. */
  private static Map<String, Object> packed(BigDecimal value, int scale) {
    BigDecimal scaled = value.abs().movePointRight(scale).setScale(0, RoundingMode.HALF_UP);
    int signScale = scale * 2 + (value.signum() < 0 ? 1 : 0);
    if (value.signum() == 0) {
      return Map.of("signScale", signScale);
    }
    Map<String, Object> packed = new LinkedHashMap<>();
    packed.put("lo", scaled.toPlainString());
    packed.put("signScale", signScale);
    return packed;
  }
}
