package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;
import io.alphakite.model.order.TimeInForce;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.trader.BrokerOrder.BrokerFill;
import io.alphakite.schwab.trader.BrokerOrder.Leg;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Orders on the wire, both ways. */
final class OrderJson {

  private OrderJson() {}

  /** The body of the POST; nothing that Schwab sets itself is in it, since that can cost a 400. */
  static String write(OrderRequest order) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("orderType", order.orderType().name());
    body.put("session", "NORMAL");
    body.put("duration", duration(order.timeInForce()));
    body.put("orderStrategyType", "SINGLE");
    putPrice(body, "price", order.limitPrice());
    putPrice(body, "stopPrice", order.stopPrice());
    Map<String, Object> leg = new LinkedHashMap<>();
    leg.put("instruction", order.side().name());
    leg.put("quantity", order.quantity());
    leg.put("instrument", Map.of("symbol", order.symbol(), "assetType", order.assetType().name()));
    body.put("orderLegCollection", List.of(leg));
    return Json.write(body);
  }

  /** Null when it is not an order: it has no id. */
  static @Nullable BrokerOrder read(JsonNode json) {
    Long id = Json.whole(json, "orderId");
    if (id == null) {
      return null;
    }
    String status = Json.text(json, "status", "");
    return new BrokerOrder(
        id,
        BrokerOrderStatus.read(status),
        status,
        Json.text(json, "statusDescription"),
        Json.text(json, "orderStrategyType", ""),
        Json.text(json, "orderType", ""),
        Json.text(json, "session", ""),
        Json.text(json, "duration", ""),
        amount(json, "quantity"),
        amount(json, "filledQuantity"),
        amount(json, "remainingQuantity"),
        Json.decimal(json, "price"),
        Json.decimal(json, "stopPrice"),
        Json.time(json, "enteredTime"),
        Json.time(json, "closeTime"),
        Boolean.TRUE.equals(Json.flag(json, "cancelable")),
        legs(json),
        fills(json),
        children(json));
  }

  private static String duration(TimeInForce timeInForce) {
    return switch (timeInForce) {
      case DAY -> "DAY";
      case GTC -> "GOOD_TILL_CANCEL";
    };
  }

  private static void putPrice(Map<String, Object> body, String field, @Nullable Price price) {
    if (price != null) {
      body.put(field, price.toString());
    }
  }

  private static List<Leg> legs(JsonNode order) {
    List<Leg> legs = new ArrayList<>();
    for (JsonNode leg : order.path("orderLegCollection").values()) {
      JsonNode instrument = leg.path("instrument");
      legs.add(
          new Leg(
              legId(leg),
              Json.text(leg, "instruction", ""),
              Json.text(instrument, "symbol", ""),
              Json.text(instrument, "assetType", ""),
              Json.text(leg, "orderLegType", ""),
              amount(leg, "quantity")));
    }
    return legs;
  }

  /** The unfilled rest of a cancelled order comes as an EXECUTION with price 0: that is no fill. */
  private static List<BrokerFill> fills(JsonNode order) {
    List<BrokerFill> fills = new ArrayList<>();
    for (JsonNode activity : order.path("orderActivityCollection").values()) {
      if (!"EXECUTION".equals(Json.text(activity, "activityType", "EXECUTION"))
          || !"FILL".equals(Json.text(activity, "executionType"))) {
        continue;
      }
      Long activityId = Json.whole(activity, "activityId");
      for (JsonNode leg : activity.path("executionLegs").values()) {
        BigDecimal price = Json.decimal(leg, "price");
        if (price != null) {
          fills.add(
              new BrokerFill(
                  activityId, legId(leg), amount(leg, "quantity"), price, Json.time(leg, "time")));
        }
      }
    }
    return fills;
  }

  private static List<BrokerOrder> children(JsonNode order) {
    List<BrokerOrder> children = new ArrayList<>();
    for (JsonNode child : order.path("childOrderStrategies").values()) {
      BrokerOrder read = read(child);
      if (read != null) {
        children.add(read);
      }
    }
    return children;
  }

  private static long legId(JsonNode leg) {
    Long id = Json.whole(leg, "legId");
    return id == null ? 1 : id;
  }

  private static BigDecimal amount(JsonNode object, String field) {
    BigDecimal amount = Json.decimal(object, field);
    return amount == null ? BigDecimal.ZERO : amount;
  }
}
