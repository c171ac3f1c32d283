package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;
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

  /** The body of a POST or PUT; nothing that Schwab sets itself is in it: that can cost a 400. */
  static String write(OrderRequest order) {
    return Json.write(
        switch (order) {
          case SingleOrder single -> single(single, "SINGLE");
          case OneCancelsOther pair -> pair(pair);
          case FirstTriggers(SingleOrder first, FirstTriggers.Child then) -> {
            Map<String, Object> body = single(first, "TRIGGER");
            body.put(
                "childOrderStrategies",
                List.of(
                    switch (then) {
                      case SingleOrder single -> single(single, "SINGLE");
                      case OneCancelsOther pair -> pair(pair);
                    }));
            yield body;
          }
        });
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

  /** The wrapper has children and nothing of its own. */
  private static Map<String, Object> pair(OneCancelsOther pair) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("orderStrategyType", "OCO");
    body.put(
        "childOrderStrategies",
        List.of(single(pair.first(), "SINGLE"), single(pair.second(), "SINGLE")));
    return body;
  }

  private static Map<String, Object> single(SingleOrder order, String strategy) {
    Map<String, Object> body = new LinkedHashMap<>();
    switch (order) {
      case MarketOrder _ -> terms(body, "MARKET", OrderSession.NORMAL, OrderDuration.Resting.DAY);
      case LimitOrder(_, Price limit, OrderSession session, OrderDuration duration) -> {
        terms(body, "LIMIT", session, duration);
        body.put("price", limit.toString());
      }
      case StopOrder(_, Price stop, var duration) -> {
        terms(body, "STOP", OrderSession.NORMAL, duration);
        body.put("stopPrice", stop.toString());
      }
      case StopLimitOrder(_, Price stop, Price limit, var duration) -> {
        terms(body, "STOP_LIMIT", OrderSession.NORMAL, duration);
        body.put("stopPrice", stop.toString());
        body.put("price", limit.toString());
      }
      case TrailingStopOrder(_, LinkBasis basis, Trail trail, var duration) -> {
        terms(body, "TRAILING_STOP", OrderSession.NORMAL, duration);
        body.put("stopPriceLinkBasis", basis.name());
        trail(body, trail);
      }
      case VerticalOrder(_, VerticalOrder.Net net, Price price, OrderDuration duration) -> {
        terms(body, "NET_" + net, OrderSession.NORMAL, duration);
        body.put("price", price.toString());
      }
    }
    body.put("orderStrategyType", strategy);
    switch (order) {
      case SingleLegOrder one -> {
        if (one.leg() instanceof OrderLeg.Contracts || one instanceof TrailingStopOrder) {
          body.put("complexOrderStrategyType", "NONE");
        }
        body.put("orderLegCollection", List.of(leg(one.leg())));
      }
      case VerticalOrder(Vertical spread, _, _, _) -> {
        body.put("complexOrderStrategyType", "VERTICAL");
        body.put("orderLegCollection", List.of(leg(spread.boughtLeg()), leg(spread.soldLeg())));
      }
    }
    return body;
  }

  private static void terms(
      Map<String, Object> body, String type, OrderSession session, OrderDuration duration) {
    body.put("orderType", type);
    body.put("session", session.name());
    body.put("duration", duration.name());
  }

  private static void trail(Map<String, Object> body, Trail trail) {
    switch (trail) {
      case Trail.Value(Price distance) -> {
        body.put("stopPriceLinkType", "VALUE");
        body.put("stopPriceOffset", number(distance.toBigDecimal()));
      }
      case Trail.Percent(BigDecimal percent) -> {
        body.put("stopPriceLinkType", "PERCENT");
        body.put("stopPriceOffset", number(percent));
      }
    }
  }

  /** Written without an exponent and without zeros that say nothing. */
  private static BigDecimal number(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
  }

  private static Map<String, Object> leg(OrderLeg leg) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("instruction", leg.side().name());
    written.put("quantity", leg.quantity());
    written.put("instrument", Map.of("symbol", leg.symbol(), "assetType", leg.assetType().name()));
    return written;
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
