package io.alphakite.simulator.broker;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
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
  private static final int AVERAGE_SCALE = 6;
  private static final int QUANTITY_SCALE = 6;

  private final FaultDials faults;
  private final Sink sink;

  /** Where messages go. */
  @FunctionalInterface
  interface Sink {
    void send(String account, String messageType, String payload);
  }

  AccountEvents(FaultDials faults, Sink sink) {
    this.faults = faults;
    this.sink = sink;
  }

  void created(Order order) {
    send(order, "OrderCreated", "OrderCreatedEvent" + kind(order), entry(order));
  }

  /** The inner object's name tells the kind of order; of options it is not confirmed. */
  private static String kind(Order order) {
    return order.ticket().legs().getFirst().option() ? "OptionOrder" : "EquityOrder";
  }

  private static Map<String, Object> entry(Order order) {
    Map<String, Object> inner = new LinkedHashMap<>();
    if (order.parent() != null) {
      inner.put("ParentSchwabOrderID", Long.toString(order.parent()));
    }
    inner.put("Order", posting(order));
    return inner;
  }

  /** An accepted order goes to the market, or under watch when it waits for a price. */
  void toMarket(Order order) {
    if (order.status() == OrderStatus.AWAITING_STOP_CONDITION) {
      monitorCreated(order);
    } else {
      routed(order, "New");
      routeCreated(order);
      routeCompleted(order);
    }
  }

  void accepted(Order order) {
    send(order, "OrderAccepted", "OrderAcceptedEvent", acceptance(order));
  }

  /** A replacement is accepted. */
  void changeAccepted(Order order) {
    send(order, "ChangeAccepted", "ChangeAcceptedEvent", acceptance(order));
  }

  private static Map<String, Object> acceptance(Order order) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("CreatedTimeStamp", stamp(order.entered()));
    inner.put("Status", "Accepted");
    return inner;
  }

  /** A stop is watched from now on. */
  void monitorCreated(Order order) {
    send(order, "OrderMonitorCreated", "OrderMonitorCreatedEvent", monitor(order, "Created"));
  }

  /** A trailing stop moved. */
  void monitorUpdated(Order order) {
    send(order, "OrderMonitorUpdated", "OrderMonitorUpdatedEvent", monitor(order, "Updated"));
  }

  /** A stop is triggered. */
  void monitorCompleted(Order order) {
    send(order, "OrderMonitorCompleted", "OrderMonitorCompletedEvent", monitor(order, "Completed"));
  }

  private static Map<String, Object> monitor(Order order, String status) {
    OrderTicket ticket = order.ticket();
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("LegId", legId(order, 0));
    inner.put("MonitorStatus", status);
    inner.put("StopPrice", price(ticket.trail() == null ? ticket.stopPrice() : order.stop()));
    return inner;
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
    String type = "ExecutionRequestCompleted";
    boolean numbers = faults.strike(Dial.ACTIVITY_NUMBER_FOR_TEXT, type).isPresent();
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("ResponseType", numbers ? (Object) 1 : "Accepted");
    inner.put("RouteStatus", numbers ? (Object) 2 : "RouteOpen");
    send(order, type, "ExecutionRequestCompletedEvent", inner);
  }

  /** A fill: one message for each leg. */
  void filled(Order order, Order.Execution execution) {
    for (int leg = 0; leg < order.ticket().legs().size(); leg++) {
      filled(order, execution, leg);
    }
  }

  private static BigDecimal legPrice(Order.Execution execution, int leg) {
    return execution.legPrices().isEmpty() ? execution.price() : execution.legPrices().get(leg);
  }

  private void filled(Order order, Order.Execution execution, int leg) {
    OrderTicket.Leg traded = order.ticket().legs().get(leg);
    long ratio = order.ticket().units(traded, 1);
    long size = execution.quantity() * ratio;
    BigDecimal paid = legPrice(execution, leg);
    boolean whole = execution.remaining() == 0;
    BigDecimal notional = BigDecimal.ZERO;
    long quantity = 0;
    for (Order.Execution each : order.executions()) {
      if (each.fill()) {
        notional =
            notional.add(legPrice(each, leg).multiply(BigDecimal.valueOf(each.quantity() * ratio)));
        quantity += each.quantity() * ratio;
      }
    }
    BigDecimal average =
        notional.divide(BigDecimal.valueOf(quantity), AVERAGE_SCALE, RoundingMode.HALF_UP);
    Map<String, Object> quantities = new LinkedHashMap<>();
    quantities.put("ExecutionID", Long.toString(execution.id()));
    quantities.put("CumulativeQuantity", quantity(quantity));
    quantities.put("LeavesQuantity", quantity(execution.remaining() * ratio));
    quantities.put("AveragePrice", price(average));
    Map<String, Object> fill = new LinkedHashMap<>();
    fill.put("ExecutionSequenceNumber", order.executions().size());
    fill.put("ExecutionId", Long.toString(execution.id()));
    fill.put("VenueExecutionID", "SIM" + execution.id());
    fill.put("ExecutionQuantity", quantity(size));
    fill.put("ExecutionPrice", price(paid));
    fill.put("ExecutionTimeStamp", stamp(execution.time()));
    fill.put("ExecutionTransType", "Fill");
    fill.put("RouteName", "SIMULATOR");
    fill.put(
        "PrincipalAmmount",
        price(paid.multiply(BigDecimal.valueOf(size * Account.multiplier(traded.symbol())))));
    fill.put("ActualChargedFeesCommissionAndTax", Map.of());
    fill.put("ClientOrderID", order.id() + ".1");
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("LegId", legId(order, leg));
    inner.put("LegStatus", whole ? "LegClosed" : "LegOpen");
    inner.put("LegSubStatus", whole ? "LegSubStatusFilled" : "LegSubStatusPartiallyFilled");
    inner.put("QuantityInfo", quantities);
    inner.put("ExecutionInfo", fill);
    inner.put("OrderInfoForTransactionPosting", posting(order, leg));
    send(order, "OrderFillCompleted", "OrderFillCompletedEventOrderLegQuantityInfo", inner);
  }

  void cancelAccepted(Order order, @Nullable Long replacement) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("LegCancelRequestInfoList", List.of(Map.of("LegID", legId(order, 0))));
    if (replacement != null) {
      inner.put("ChangedNewSchwabOrderId", Long.toString(replacement));
    }
    send(order, "CancelAccepted", "CancelAcceptedEvent", inner);
  }

  /** A replacement is entered for the order of the older id. */
  void changed(Order replacement, long parent) {
    if (replacement.wrapper()) {
      return;
    }
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("ParentSchwabOrderID", Long.toString(parent));
    inner.put("Order", posting(replacement));
    send(replacement, "ChangeCreated", "ChangeCreatedEvent" + kind(replacement), inner);
  }

  /** The venue's "out" of a cancelled order. */
  void venueOut(Order order) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("ExecutionTransType", "UROut");
    inner.put("LegId", legId(order, 0));
    inner.put("ExecutionQuantity", quantity(order.open()));
    send(order, "ExecutionCreated", "ExecutionCreatedEventExecutionInfo", inner);
  }

  /**
   * The order is out: cancelled by the client, or rejected.
   *
   * @param reasons of a rejection
   */
  void out(Order order, String cancelType, List<Finding> reasons) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("LegId", legId(order, 0));
    inner.put("LegStatus", "LegClosed");
    inner.put("LegSubStatus", "LegSubStatusCancelled");
    inner.put("OutCancelType", cancelType);
    inner.put(
        "ValidationDetail",
        reasons.stream()
            .map(
                reason ->
                    Map.of(
                        "NgOMSRuleName", reason.rule(),
                        "NgOMSRuleDescription", reason.text()))
            .toList());
    send(order, "OrderUROutCompleted", "OrderUROutCompletedEvent", inner);
  }

  void expired(Order order) {
    send(order, "OrderExpired", "OrderExpiredEvent", Map.of("LegId", legId(order, 0)));
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
    return posting(order, 0);
  }

  private static Map<String, Object> posting(Order order, int index) {
    OrderTicket ticket = order.ticket();
    OrderTicket.Leg leg = ticket.legs().get(index);
    Map<String, Object> posting = new LinkedHashMap<>();
    posting.put("LimitPrice", price(ticket.price()));
    posting.put("StopPrice", price(ticket.stopPrice()));
    posting.put("OrderTypeCode", ticket.type().name());
    posting.put("BuySellCode", leg.instruction().name());
    posting.put("Quantity", quantity(leg.quantity()));
    posting.put("Symbol", leg.symbol());
    return posting;
  }

  /** A long id of its own, as Schwab's legs have one that is not the REST legId. */
  private static String legId(Order order, int leg) {
    return "4" + order.id() + "00" + (leg + 1);
  }

  private static Map<String, Object> stamp(Instant time) {
    MarketCalendar calendar = MarketCalendar.nyse();
    return Map.of(
        "DateTimeString", calendar.dateOf(time) + " " + TIME.format(calendar.timeOf(time)));
  }

  private static Map<String, Object> price(@Nullable BigDecimal value) {
    if (value == null) {
      return Map.of();
    }
    BigDecimal plain = value.stripTrailingZeros();
    return packed(plain, Math.max(PRICE_SCALE, plain.scale()));
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
