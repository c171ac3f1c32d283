package io.alphakite.schwab.trader;

import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads transactions. */
final class TransactionJson {

  private TransactionJson() {}

  /** Null when it is not a transaction: it has no id. */
  static @Nullable Transaction read(JsonNode json, Unknowns unknowns) {
    Long id = Json.whole(json, "activityId");
    if (id == null) {
      return null;
    }
    String type = Json.text(json, "type", "");
    TransactionType read = TransactionType.read(type);
    if (read == TransactionType.UNKNOWN) {
      unknowns.word("transaction.type", type);
    }
    return new Transaction(
        id,
        Json.text(json, "accountNumber"),
        read,
        type,
        Json.text(json, "status", ""),
        Json.text(json, "description"),
        Json.text(json, "subAccount", ""),
        Json.time(json, "time"),
        Json.time(json, "tradeDate"),
        Json.time(json, "settlementDate"),
        Json.whole(json, "positionId"),
        Json.whole(json, "orderId"),
        Json.decimal(json, "netAmount"),
        items(json));
  }

  private static List<Transaction.Item> items(JsonNode json) {
    List<Transaction.Item> items = new ArrayList<>();
    for (JsonNode item : json.path("transferItems").values()) {
      items.add(
          new Transaction.Item(
              AccountJson.instrument(item.path("instrument")),
              Json.decimal(item, "amount"),
              Json.decimal(item, "cost"),
              Json.decimal(item, "price"),
              Json.text(item, "feeType"),
              Json.text(item, "positionEffect")));
    }
    return items;
  }
}
