package io.alphakite.schwab.trader;

import io.alphakite.schwab.http.ErrorBody;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import io.alphakite.schwab.trader.OrderPreview.Charge;
import io.alphakite.schwab.trader.OrderPreview.Leg;
import io.alphakite.schwab.trader.OrderPreview.Remark;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads the answer to a preview. */
final class PreviewJson {

  private PreviewJson() {}

  static OrderPreview read(JsonNode json, Unknowns unknowns) {
    JsonNode order = json.path("orderStrategy");
    JsonNode balance = order.path("orderBalance");
    JsonNode validation = json.path("orderValidationResult");
    JsonNode charges = json.path("commissionAndFee");
    String status = Json.text(order, "status", "");
    return new OrderPreview(
        BrokerOrderStatus.read(status, unknowns),
        status,
        Json.decimal(balance, "orderValue"),
        Json.decimal(balance, "projectedAvailableFund"),
        Json.decimal(balance, "projectedBuyingPower"),
        Json.decimal(balance, "projectedCommission"),
        legs(order),
        remarks(validation, "accepts"),
        remarks(validation, "alerts"),
        remarks(validation, "rejects"),
        remarks(validation, "reviews"),
        remarks(validation, "warns"),
        charges(charges.path("commission").path("commissionLegs"), "commissionValues"),
        charges(charges.path("fee").path("feeLegs"), "feeValues"));
  }

  private static List<Leg> legs(JsonNode order) {
    List<Leg> legs = new ArrayList<>();
    for (JsonNode leg : order.path("orderLegs").values()) {
      legs.add(
          new Leg(
              Json.text(leg, "finalSymbol", ""),
              Json.text(leg, "instruction", ""),
              Json.decimal(leg, "quantity"),
              Json.decimal(leg, "bidPrice"),
              Json.decimal(leg, "askPrice"),
              Json.decimal(leg, "lastPrice"),
              Json.decimal(leg, "markPrice"),
              Json.decimal(leg, "projectedCommission")));
    }
    return legs;
  }

  private static List<Remark> remarks(JsonNode validation, String list) {
    List<Remark> remarks = new ArrayList<>();
    for (JsonNode remark : validation.path(list).values()) {
      remarks.add(
          new Remark(
              Json.text(remark, "validationRuleName"),
              ErrorBody.blanked(remark, "message"),
              ErrorBody.blanked(remark, "activityMessage"),
              Json.text(remark, "originalSeverity"),
              Json.text(remark, "overrideName"),
              Json.text(remark, "overrideSeverity")));
    }
    return remarks;
  }

  private static List<Charge> charges(JsonNode legs, String values) {
    List<Charge> charges = new ArrayList<>();
    for (JsonNode leg : legs.values()) {
      for (JsonNode charge : leg.path(values).values()) {
        BigDecimal value = Json.decimal(charge, "value");
        if (value != null) {
          charges.add(new Charge(Json.text(charge, "type", "UNKNOWN"), value));
        }
      }
    }
    return charges;
  }
}
