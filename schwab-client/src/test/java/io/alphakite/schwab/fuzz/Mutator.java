package io.alphakite.schwab.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Damages documents as the world might, the same way for the same seed. */
public final class Mutator {

  private static final int SIZE_MAX = 200_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(2_000).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /** Values that somebody once sent, or might. */
  private static final String[] VALUES = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "-999",
    "-999.0",
    "0.00005",
    "-0.00005",
    "50.015",
    "100.0",
    "1e2",
    "1E-7",
    "1e400",
    "-1e400",
    "1e999999999",
    "1e-999999999",
    "1e-99999999",
    "\"1e-99999999\"",
    "1e99999999",
    "2147483648",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551616",
    "99999999999999.99995",
    "123456789012345678901234567890123456789012345678901234567890",
    "1767623400000",
    "\"\"",
    "\" \"",
    "\"0\"",
    "\"50.01\"",
    "\" 7 \"",
    "\"-999.0\"",
    "\"NaN\"",
    "\"Infinity\"",
    "\"1e5\"",
    "\"0x10\"",
    "\"1,000\"",
    "\"٣\"",
    "\"\\u0000\"",
    "\"ABC\"",
    "\"2026-01-05 09:31:08.123\"",
    "\"2026-02-30 25:61:61\"",
    "\"2026-01-05T14:31:07+0000\"",
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "[null]",
    "{\"lo\":\"1\",\"hi\":\"1\",\"signScale\":8}",
    "{\"lo\":\"99\",\"signScale\":5}"
  };

  private static final String[] NAMES = {
    "key",
    "0",
    "1",
    "2",
    "3",
    "4",
    "8",
    "9",
    "28",
    "34",
    "51",
    "55",
    "63",
    "64",
    "99",
    "100",
    "seq",
    "service",
    "content",
    "timestamp",
    "delayed",
    "lo",
    "hi",
    "signScale",
    "",
    "\u0000",
    "symbol"
  };

  private static final String BITS = "{}[]\",:0123456789.-+eE \\u\u0000x";

  private final Random random;

  public Mutator(long seed) {
    this.random = new Random(seed);
  }

  public Random random() {
    return random;
  }

  /** Reads with nothing of the code under test. */
  public static JsonNode tree(String json) {
    return MAPPER.readTree(json);
  }

  /** Changes some values, names and members; what comes out is JSON still. */
  public String reshape(String json) {
    JsonNode tree = MAPPER.readTree(json);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      change(tree);
    }
    return MAPPER.writeValueAsString(tree);
  }

  /** Changes characters; what comes out is seldom JSON. */
  public String damage(String text) {
    StringBuilder mutant = new StringBuilder(text);
    int changes = 1 + random.nextInt(6);
    for (int i = 0; i < changes && !mutant.isEmpty(); i++) {
      int at = random.nextInt(mutant.length());
      char bit = BITS.charAt(random.nextInt(BITS.length()));
      switch (random.nextInt(7)) {
        case 0 -> mutant.setCharAt(at, bit);
        case 1 -> mutant.insert(at, bit);
        case 2 -> mutant.deleteCharAt(at);
        case 3 -> mutant.setLength(at);
        case 4 -> {
          int end = Math.min(mutant.length(), at + random.nextInt(200));
          String piece = mutant.substring(at, end);
          int times = Math.min(1 + random.nextInt(20), SIZE_MAX / (mutant.length() + 1));
          mutant.insert(at, piece.repeat(Math.max(times, 0)));
        }
        case 5 ->
            mutant.insert(at, (random.nextBoolean() ? "[" : "{\"a\":").repeat(random.nextInt(80)));
        default -> mutant.insert(at, VALUES[random.nextInt(VALUES.length)]);
      }
    }
    return mutant.toString();
  }

  private void change(JsonNode root) {
    List<JsonNode> containers = new ArrayList<>();
    collect(root, containers);
    JsonNode at = containers.get(random.nextInt(containers.size()));
    switch (at) {
      case ObjectNode object -> change(object);
      case ArrayNode array -> change(array);
      default -> throw new IllegalStateException("only containers were collected");
    }
  }

  private void change(ObjectNode object) {
    List<String> names = new ArrayList<>(object.propertyNames());
    if (names.isEmpty() || random.nextInt(6) == 0) {
      object.set(NAMES[random.nextInt(NAMES.length)], value());
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(5)) {
      case 0 -> object.remove(name);
      case 1 -> {
        JsonNode moved = object.remove(name);
        object.set(NAMES[random.nextInt(NAMES.length)], moved);
      }
      default -> object.set(name, value());
    }
  }

  private void change(ArrayNode array) {
    if (array.isEmpty() || random.nextInt(4) == 0) {
      array.add(value());
      return;
    }
    int at = random.nextInt(array.size());
    switch (random.nextInt(3)) {
      case 0 -> array.remove(at);
      case 1 -> array.add(array.get(at).deepCopy());
      default -> array.set(at, value());
    }
  }

  private JsonNode value() {
    return MAPPER.readTree(VALUES[random.nextInt(VALUES.length)]);
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainer()) {
      containers.add(node);
      node.values().forEach(child -> collect(child, containers));
    }
  }
}
