package io.alphakite.simulator.broker;

import io.alphakite.simulator.broker.OrderTicket.Instruction;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads order requests as strictly as Schwab's front door does. */
final class OrderParser {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long MAX_QUANTITY = 1_000_000;

  /** What a client may send; everything else is set by the server and refused. */
  private static final Set<String> FIELDS =
      Set.of(
          "orderType",
          "session",
          "duration",
          "orderStrategyType",
          "complexOrderStrategyType",
          "price",
          "stopPrice",
          "stopType",
          "taxLotMethod",
          "specialInstruction",
          "quantity",
          "orderLegCollection",
          "childOrderStrategies");

  private OrderParser() {}

  /** A request that is refused with 400. */
  static final class Refused extends Exception {
    Refused(String message) {
      super(message);
    }
  }

  static OrderTicket parse(String body) throws Refused {
    JsonNode order;
    try {
      order = JSON.readTree(body);
    } catch (JacksonException e) {
      throw new Refused("The request body is not valid JSON.");
    }
    if (!order.isObject()) {
      throw new Refused("The request body must be an order.");
    }
    for (String name : order.propertyNames()) {
      if (!FIELDS.contains(name)) {
        throw new Refused("The field " + printable(name) + " is not allowed in an order request.");
      }
    }
    if (!order.path("orderStrategyType").asString("").equals("SINGLE")) {
      throw new Refused("The orderStrategyType is missing or not supported.");
    }
    OrderTicket.Type type = choice(OrderTicket.Type.class, order, "orderType");
    OrderTicket.Session session = choice(OrderTicket.Session.class, order, "session");
    OrderTicket.Duration duration = choice(OrderTicket.Duration.class, order, "duration");
    BigDecimal price = price(order, "price", type.hasPrice());
    BigDecimal stopPrice = price(order, "stopPrice", type.hasStop());
    if (session != OrderTicket.Session.NORMAL && type != OrderTicket.Type.LIMIT) {
      throw new Refused("Only LIMIT orders are allowed in session " + session + ".");
    }
    JsonNode legs = order.path("orderLegCollection");
    if (!legs.isArray() || legs.size() != 1) {
      throw new Refused("A SINGLE order must have exactly one leg.");
    }
    JsonNode leg = legs.path(0);
    JsonNode instrument = leg.path("instrument");
    String symbol = instrument.path("symbol").asString("");
    String assetType = instrument.path("assetType").asString("");
    Instruction instruction = choice(Instruction.class, leg, "instruction");
    if (symbol.isBlank() || symbol.length() > 21) {
      throw new Refused("The symbol is missing or not valid.");
    }
    if (!assetType.equals("EQUITY") && !assetType.equals("OPTION")) {
      throw new Refused("The assetType must be EQUITY or OPTION.");
    }
    if (instruction.forOptions() != assetType.equals("OPTION")) {
      throw new Refused("The instruction " + instruction + " does not fit the assetType.");
    }
    return new OrderTicket(
        symbol, assetType, instruction, quantity(leg), type, session, duration, price, stopPrice);
  }

  private static long quantity(JsonNode leg) throws Refused {
    JsonNode node = leg.path("quantity");
    try {
      long quantity = node.isNumber() ? node.decimalValue().longValueExact() : 0;
      if (quantity > 0 && quantity <= MAX_QUANTITY) {
        return quantity;
      }
    } catch (ArithmeticException e) {
      // Fractions are refused as every other wrong quantity is.
    }
    throw new Refused("The quantity must be a whole number from 1 to " + MAX_QUANTITY + ".");
  }

  private static @Nullable BigDecimal price(JsonNode order, String name, boolean wanted)
      throws Refused {
    JsonNode node = order.path(name);
    if (node.isMissingNode() || node.isNull()) {
      if (wanted) {
        throw new Refused("The " + name + " is missing.");
      }
      return null;
    }
    if (!wanted) {
      throw new Refused("The " + name + " is not allowed for this orderType.");
    }
    try {
      BigDecimal price =
          node.isNumber() ? node.decimalValue() : new BigDecimal(node.asString("").strip());
      BigDecimal plain = price.stripTrailingZeros();
      if (price.signum() > 0 && plain.scale() <= 4 && plain.precision() - plain.scale() <= 7) {
        return price;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new Refused("The " + name + " is not valid.");
  }

  private static <E extends Enum<E>> E choice(Class<E> type, JsonNode node, String name)
      throws Refused {
    String text = node.path(name).asString("");
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(text)) {
        return constant;
      }
    }
    throw new Refused(
        "The " + name + " must be one of " + Arrays.toString(type.getEnumConstants()) + ".");
  }

  private static String printable(String name) {
    return name.length() > 40 || !name.chars().allMatch(Character::isLetterOrDigit)
        ? "given"
        : name;
  }
}
