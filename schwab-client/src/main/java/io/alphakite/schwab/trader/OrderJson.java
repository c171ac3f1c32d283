package io.alphakite.schwab.trader;

import io.alphakite.model.market.Price;
import io.alphakite.schwab.http.ErrorBody;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import io.alphakite.schwab.trader.BrokerOrder.Activity;
import io.alphakite.schwab.trader.BrokerOrder.ActivityLeg;
import io.alphakite.schwab.trader.BrokerOrder.Leg;
import io.alphakite.schwab.trader.BrokerOrder.StopLink;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Orders on the wire, both ways. */
final class OrderJson {

  private static final Set<String> TYPED =
      Set.of(
          "orderId",
          "accountNumber",
          "status",
          "statusDescription",
          "orderStrategyType",
          "complexOrderStrategyType",
          "orderType",
          "session",
          "duration",
          "quantity",
          "filledQuantity",
          "remainingQuantity",
          "price",
          "stopPrice",
          "stopPriceLinkBasis",
          "stopPriceLinkType",
          "stopPriceOffset",
          "enteredTime",
          "releaseTime",
          "cancelTime",
          "closeTime",
          "cancelable",
          "editable",
          "tag",
          "orderLegCollection",
          "orderActivityCollection",
          "childOrderStrategies",
          "replacingOrderCollection");

  /** Described, and kept as they come. */
  private static final Set<String> DESCRIBED =
      Set.of(
          "requestedDestination",
          "destinationLinkName",
          "stopType",
          "priceLinkBasis",
          "priceLinkType",
          "taxLotMethod",
          "activationPrice",
          "specialInstruction",
          "firmActionType");

  private static final int OTHER_MAX = 40;
  private static final int OTHER_LENGTH_MAX = 200;

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
  static @Nullable BrokerOrder read(JsonNode json, Unknowns unknowns) {
    Long id = Json.whole(json, "orderId");
    if (id == null) {
      return null;
    }
    String status = Json.text(json, "status", "");
    return new BrokerOrder(
        id,
        Json.text(json, "accountNumber"),
        BrokerOrderStatus.read(status, unknowns),
        status,
        ErrorBody.blanked(json, "statusDescription"),
        Vocabulary.STRATEGY.read(Json.text(json, "orderStrategyType", ""), unknowns),
        Vocabulary.COMPLEX_STRATEGY.read(Json.text(json, "complexOrderStrategyType", ""), unknowns),
        Vocabulary.ORDER_TYPE.read(Json.text(json, "orderType", ""), unknowns),
        Vocabulary.SESSION.read(Json.text(json, "session", ""), unknowns),
        Vocabulary.DURATION.read(Json.text(json, "duration", ""), unknowns),
        amount(json, "quantity"),
        amount(json, "filledQuantity"),
        amount(json, "remainingQuantity"),
        Json.decimal(json, "price"),
        Json.decimal(json, "stopPrice"),
        stopLink(json),
        Json.time(json, "enteredTime"),
        Json.time(json, "releaseTime"),
        Json.time(json, "cancelTime"),
        Json.time(json, "closeTime"),
        Boolean.TRUE.equals(Json.flag(json, "cancelable")),
        Boolean.TRUE.equals(Json.flag(json, "editable")),
        Json.text(json, "tag"),
        legs(json, unknowns),
        activities(json, unknowns),
        children(json, unknowns),
        replacing(json),
        other(json, unknowns));
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

  private static List<Leg> legs(JsonNode order, Unknowns unknowns) {
    List<Leg> legs = new ArrayList<>();
    for (JsonNode leg : order.path("orderLegCollection").values()) {
      legs.add(
          new Leg(
              legId(leg),
              Vocabulary.INSTRUCTION.read(Json.text(leg, "instruction", ""), unknowns),
              Json.text(leg, "positionEffect", ""),
              Json.text(leg, "orderLegType", ""),
              amount(leg, "quantity"),
              AccountJson.instrument(leg.path("instrument"))));
    }
    return legs;
  }

  private static @Nullable StopLink stopLink(JsonNode order) {
    String basis = Json.text(order, "stopPriceLinkBasis");
    String type = Json.text(order, "stopPriceLinkType");
    return basis == null || type == null
        ? null
        : new StopLink(basis, type, Json.decimal(order, "stopPriceOffset"));
  }

  private static List<Activity> activities(JsonNode order, Unknowns unknowns) {
    List<Activity> activities = new ArrayList<>();
    for (JsonNode activity : order.path("orderActivityCollection").values()) {
      List<ActivityLeg> legs = new ArrayList<>();
      for (JsonNode leg : activity.path("executionLegs").values()) {
        legs.add(
            new ActivityLeg(
                legId(leg),
                amount(leg, "quantity"),
                Json.decimal(leg, "price"),
                Json.time(leg, "time"),
                Json.whole(leg, "instrumentId")));
      }
      activities.add(
          new Activity(
              Json.whole(activity, "activityId"),
              Json.text(activity, "activityType", "EXECUTION"),
              Vocabulary.EXECUTION.read(Json.text(activity, "executionType", ""), unknowns),
              amount(activity, "quantity"),
              Json.decimal(activity, "orderRemainingQuantity"),
              legs));
    }
    return activities;
  }

  private static List<BrokerOrder> children(JsonNode order, Unknowns unknowns) {
    List<BrokerOrder> children = new ArrayList<>();
    for (JsonNode child : order.path("childOrderStrategies").values()) {
      BrokerOrder read = read(child, unknowns);
      if (read != null) {
        children.add(read);
      }
    }
    return children;
  }

  private static List<Long> replacing(JsonNode order) {
    List<Long> ids = new ArrayList<>();
    for (JsonNode other : order.path("replacingOrderCollection").values()) {
      Long id = Json.whole(other, "orderId");
      if (id != null) {
        ids.add(id);
      }
    }
    return ids;
  }

  private static Map<String, String> other(JsonNode order, Unknowns unknowns) {
    Map<String, String> other = new LinkedHashMap<>();
    for (String field : order.propertyNames()) {
      if (TYPED.contains(field)) {
        continue;
      }
      if (!DESCRIBED.contains(field)) {
        unknowns.field("order", field);
      }
      JsonNode value = order.path(field);
      if (value.isValueNode() && !value.isNull() && other.size() < OTHER_MAX) {
        String text = value.asString();
        other.put(field, text.substring(0, Math.min(text.length(), OTHER_LENGTH_MAX)));
      }
    }
    return other;
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
