package io.alphakite.simulator.broker;

import io.alphakite.simulator.broker.OrderTicket.Instruction;
import io.alphakite.simulator.broker.OrderTicket.Leg;
import io.alphakite.simulator.broker.OrderTicket.Strategy;
import io.alphakite.simulator.broker.OrderTicket.Trail;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads order requests as strictly as Schwab's front door does. */
final class OrderParser {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long MAX_QUANTITY = 1_000_000;
  private static final int MAX_LEGS = 4;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_CHILDREN = 8;

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
          "stopPriceLinkBasis",
          "stopPriceLinkType",
          "stopPriceOffset",
          "taxLotMethod",
          "specialInstruction",
          "quantity",
          "quantityType",
          "orderLegCollection",
          "childOrderStrategies");

  private static final Set<String> WRAPPER_FIELDS =
      Set.of("orderStrategyType", "childOrderStrategies");

  private static final Set<String> COMPLEX =
      Set.of(
          "NONE",
          "COVERED",
          "VERTICAL",
          "BACK_RATIO",
          "CALENDAR",
          "DIAGONAL",
          "STRADDLE",
          "STRANGLE",
          "COLLAR_SYNTHETIC",
          "BUTTERFLY",
          "CONDOR",
          "IRON_CONDOR",
          "VERTICAL_ROLL",
          "COLLAR_WITH_STOCK",
          "DOUBLE_DIAGONAL",
          "UNBALANCED_BUTTERFLY",
          "UNBALANCED_CONDOR",
          "UNBALANCED_IRON_CONDOR",
          "UNBALANCED_VERTICAL_ROLL",
          "MUTUAL_FUND_SWAP",
          "CUSTOM");
  private static final Set<String> SPECIAL =
      Set.of("ALL_OR_NONE", "DO_NOT_REDUCE", "ALL_OR_NONE_DO_NOT_REDUCE");
  private static final Set<String> TAX_LOTS =
      Set.of(
          "FIFO",
          "LIFO",
          "HIGH_COST",
          "LOW_COST",
          "AVERAGE_COST",
          "SPECIFIC_LOT",
          "LOSS_HARVESTER");

  private OrderParser() {}

  /** A request that is refused with 400. */
  static final class Refused extends Exception {
    Refused(String message) {
      super(message);
    }
  }

  static OrderRequest parse(String body) throws Refused {
    JsonNode order;
    try {
      order = JSON.readTree(body);
    } catch (JacksonException e) {
      throw new Refused("The request body is not valid JSON.");
    }
    return request(order, 1);
  }

  private static OrderRequest request(JsonNode order, int depth) throws Refused {
    if (!order.isObject()) {
      throw new Refused("The request body must be an order.");
    }
    if (depth > MAX_DEPTH) {
      throw new Refused("The orders are nested too deeply.");
    }
    Strategy strategy = choice(Strategy.class, order, "orderStrategyType");
    Set<String> allowed = strategy == Strategy.OCO ? WRAPPER_FIELDS : FIELDS;
    for (String name : order.propertyNames()) {
      if (!allowed.contains(name)) {
        throw new Refused("The field " + printable(name) + " is not allowed in an order request.");
      }
    }
    List<OrderRequest> children = children(order, strategy, depth);
    return new OrderRequest(strategy, strategy == Strategy.OCO ? null : ticket(order), children);
  }

  private static List<OrderRequest> children(JsonNode order, Strategy strategy, int depth)
      throws Refused {
    JsonNode nodes = order.path("childOrderStrategies");
    int count = nodes.isArray() ? nodes.size() : 0;
    boolean fits =
        switch (strategy) {
          case SINGLE -> count == 0;
          case TRIGGER -> count >= 1;
          case OCO -> count >= 2;
        };
    if (!fits || count > MAX_CHILDREN) {
      throw new Refused("The childOrderStrategies do not fit the orderStrategyType " + strategy);
    }
    List<OrderRequest> children = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      children.add(request(nodes.path(i), depth + 1));
    }
    return children;
  }

  private static OrderTicket ticket(JsonNode order) throws Refused {
    OrderTicket.Type type = choice(OrderTicket.Type.class, order, "orderType");
    OrderTicket.Session session = choice(OrderTicket.Session.class, order, "session");
    OrderTicket.Duration duration = choice(OrderTicket.Duration.class, order, "duration");
    BigDecimal price = price(order, "price", type.hasPrice());
    BigDecimal stopPrice = price(order, "stopPrice", type.hasStop());
    if (session != OrderTicket.Session.NORMAL && type != OrderTicket.Type.LIMIT) {
      throw new Refused("Only LIMIT orders are allowed in session " + session + ".");
    }
    if (duration.atOnce() && (type.waits() || type.onClose())) {
      throw new Refused("The duration " + duration + " does not fit the orderType " + type + ".");
    }
    String complex = text(order, "complexOrderStrategyType", COMPLEX);
    List<Leg> legs = legs(order, type);
    return new OrderTicket(
        legs,
        units(order, legs),
        type,
        session,
        duration,
        complex == null ? "NONE" : complex,
        price,
        stopPrice,
        order.has("stopType")
            ? choice(OrderTicket.StopType.class, order, "stopType")
            : OrderTicket.StopType.STANDARD,
        trail(order, type),
        text(order, "specialInstruction", SPECIAL),
        text(order, "taxLotMethod", TAX_LOTS));
  }

  private static @Nullable Trail trail(JsonNode order, OrderTicket.Type type) throws Refused {
    if (type != OrderTicket.Type.TRAILING_STOP) {
      for (String name : List.of("stopPriceLinkBasis", "stopPriceLinkType", "stopPriceOffset")) {
        if (order.hasNonNull(name)) {
          throw new Refused("The " + name + " is not allowed for this orderType.");
        }
      }
      return null;
    }
    OrderTicket.LinkType linkType = choice(OrderTicket.LinkType.class, order, "stopPriceLinkType");
    BigDecimal offset = price(order, "stopPriceOffset", true);
    if (offset == null
        || (linkType == OrderTicket.LinkType.PERCENT
            && offset.compareTo(BigDecimal.valueOf(100)) >= 0)) {
      throw new Refused("The stopPriceOffset is not valid.");
    }
    return new Trail(
        choice(OrderTicket.Basis.class, order, "stopPriceLinkBasis"), linkType, offset);
  }

  private static List<Leg> legs(JsonNode order, OrderTicket.Type type) throws Refused {
    JsonNode nodes = order.path("orderLegCollection");
    if (!nodes.isArray() || nodes.isEmpty() || nodes.size() > MAX_LEGS) {
      throw new Refused("The orderLegCollection must have from 1 to " + MAX_LEGS + " legs.");
    }
    List<Leg> legs = new ArrayList<>();
    Set<String> symbols = new HashSet<>();
    for (JsonNode node : nodes) {
      Leg leg = leg(node);
      if (!symbols.add(leg.symbol())) {
        throw new Refused("Two legs have the same symbol.");
      }
      legs.add(leg);
    }
    boolean spread = legs.size() > 1;
    if (spread && !legs.stream().allMatch(Leg::option)) {
      throw new Refused("Only options can be ordered in several legs.");
    }
    if (spread != type.net() && !(spread && type == OrderTicket.Type.MARKET)) {
      throw new Refused("The orderType " + type + " does not fit the number of legs.");
    }
    return legs;
  }

  private static Leg leg(JsonNode leg) throws Refused {
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
    if (assetType.equals("OPTION") && Options.of(symbol).isEmpty()) {
      throw new Refused("The symbol is not an option's.");
    }
    if (leg.hasNonNull("quantityType") && !leg.path("quantityType").asString("").equals("SHARES")) {
      throw new Refused("The quantityType must be SHARES.");
    }
    return new Leg(symbol, assetType, instruction, quantity(leg));
  }

  /** How many spreads the legs make: the greatest number that divides all of them. */
  private static long units(JsonNode order, List<Leg> legs) throws Refused {
    long units = legs.getFirst().quantity();
    for (Leg leg : legs) {
      long a = units;
      long b = leg.quantity();
      while (b != 0) {
        long rest = a % b;
        a = b;
        b = rest;
      }
      units = a;
    }
    if (order.hasNonNull("quantity") && quantity(order) != units) {
      throw new Refused("The quantity does not fit the legs.");
    }
    return units;
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

  private static @Nullable String text(JsonNode node, String name, Set<String> allowed)
      throws Refused {
    if (!node.hasNonNull(name)) {
      return null;
    }
    String text = node.path(name).asString("");
    if (!allowed.contains(text)) {
      throw new Refused("The " + name + " is not valid.");
    }
    return text;
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
