package io.alphakite.simulator.stream;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What may happen to single items of data frames. */
final class ItemFaults {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final List<Dial> DIALS =
      List.of(
          Dial.UPDATE_DROPPED,
          Dial.UPDATE_DUPLICATED,
          Dial.UPDATE_UNKNOWN_FIELD,
          Dial.UPDATE_FIELD_NULL,
          Dial.UPDATE_NUMBER_TYPE);

  private final FaultDials dials;

  ItemFaults(FaultDials dials) {
    this.dials = dials;
  }

  /** Whether any of the dials is set. */
  boolean armed() {
    for (int i = 0; i < DIALS.size(); i++) {
      if (dials.isSet(DIALS.get(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * What is sent instead of an item: nothing, one item or two.
   *
   * @param subject service and key
   */
  List<String> of(String item, String subject) {
    if (dials.strike(Dial.UPDATE_DROPPED, subject).isPresent()) {
      return List.of();
    }
    ObjectNode node = JSON.readValue(item, ObjectNode.class);
    dials.strike(Dial.UPDATE_UNKNOWN_FIELD, subject).ifPresent(strike -> unknown(node, strike));
    dials.strike(Dial.UPDATE_NUMBER_TYPE, subject).ifPresent(_ -> otherTypes(node));
    dials.strike(Dial.UPDATE_FIELD_NULL, subject).ifPresent(strike -> blank(node, strike));
    String sent = JSON.writeValueAsString(node);
    return dials.strike(Dial.UPDATE_DUPLICATED, subject).isPresent()
        ? List.of(sent, sent)
        : List.of(sent);
  }

  private static void unknown(ObjectNode item, Strike strike) {
    switch (strike.choose(3)) {
      case 0 -> item.put("99", 1.5);
      case 1 -> item.put("somethingNew", "value");
      default -> item.putObject("98").put("nested", true);
    }
  }

  /** Whole numbers become doubles, and doubles that are whole become whole numbers. */
  private static void otherTypes(ObjectNode item) {
    for (String name : numbered(item)) {
      JsonNode value = item.path(name);
      if (value.isIntegralNumber()) {
        item.put(name, value.decimalValue().setScale(1));
      } else if (value.isNumber()) {
        BigDecimal number = value.decimalValue().stripTrailingZeros();
        if (number.scale() <= 0) {
          item.put(name, number.toBigIntegerExact());
        }
      }
    }
  }

  private static void blank(ObjectNode item, Strike strike) {
    List<String> names = numbered(item);
    if (names.isEmpty()) {
      return;
    }
    String name = names.get(strike.choose(names.size()));
    boolean character = item.path(name).isString() && item.path(name).asString().length() == 1;
    if (character) {
      item.put(name, strike.number() % 2 == 0 ? " " : "\0");
    } else {
      item.putNull(name);
    }
  }

  private static List<String> numbered(ObjectNode item) {
    List<String> names = new ArrayList<>();
    for (String name : item.propertyNames()) {
      if (Character.isDigit(name.charAt(0))) {
        names.add(name);
      }
    }
    return names;
  }
}
