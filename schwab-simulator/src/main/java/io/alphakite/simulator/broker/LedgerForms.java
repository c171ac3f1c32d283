package io.alphakite.simulator.broker;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings ledger lines of the first form into today's. That form had orders of one leg alone, one to
 * a line, and accounts that did not know how their day began.
 */
final class LedgerForms {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private LedgerForms() {}

  /**
   * @throws IllegalArgumentException when it is no line of a ledger
   */
  static JsonNode upgraded(JsonNode line) {
    if (!(line instanceof ObjectNode object)) {
      throw new IllegalArgumentException("not a ledger line");
    }
    if (!object.has("orders")) {
      ArrayNode orders = object.putArray("orders");
      if (object.remove("order") instanceof ObjectNode order) {
        orders.add(order(order));
      } else if (!object.has("account")) {
        throw new IllegalArgumentException("not a ledger line");
      }
    }
    if (object.path("account").path("positions") instanceof ObjectNode positions) {
      for (Map.Entry<String, JsonNode> position : positions.properties()) {
        if (position.getValue() instanceof ObjectNode holding && !holding.has("dayCost")) {
          holding.put("dayQuantity", 0).put("dayCost", 0);
        }
      }
    }
    return object;
  }

  private static ObjectNode order(ObjectNode order) {
    if (!(order.remove("ticket") instanceof ObjectNode ticket)
        || !(order.path("executions") instanceof ArrayNode executions)) {
      throw new IllegalArgumentException("not an order of the first form");
    }
    ObjectNode leg = NODES.objectNode();
    for (String name : new String[] {"symbol", "assetType", "instruction"}) {
      JsonNode value = ticket.remove(name);
      if (value == null) {
        throw new IllegalArgumentException("an order without " + name);
      }
      leg.set(name, value);
    }
    leg.set("quantity", ticket.path("quantity"));
    ticket.putArray("legs").add(leg);
    ticket.put("complex", "NONE").put("stopType", OrderTicket.StopType.STANDARD.name());
    order.put("strategy", OrderTicket.Strategy.SINGLE.name());
    order.set("terms", ticket);
    order.putArray("children");
    for (JsonNode execution : executions) {
      if (execution instanceof ObjectNode fill) {
        fill.putArray("legPrices");
      }
    }
    return order;
  }
}
