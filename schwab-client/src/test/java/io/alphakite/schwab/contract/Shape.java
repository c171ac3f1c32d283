package io.alphakite.schwab.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether an answer has the form of the reference's: each member that the reference shows is there
 * with the same JSON type, a text in the same format, a time in the same unit. What the answer has
 * beyond that is not looked at; a null of the reference says nothing.
 */
final class Shape {

  /** A text of the reference that has one of these forms asks for the same form. */
  private static final List<Pattern> FORMATS =
      List.of(
          Pattern.compile("\\d{4}-\\d\\d-\\d\\d"),
          Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"),
          Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+0000"),
          Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+00:00"),
          Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d-0[45]:00"),
          Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}"),
          Pattern.compile("1\\d{12}"),
          Pattern.compile("\\d+"),
          Pattern.compile("\\d+X\\d+"),
          Pattern.compile("\\d+\\.\\d+"),
          Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
          Pattern.compile("[0-9A-F]{64}", Pattern.CASE_INSENSITIVE),
          Pattern.compile("[A-Z/]{1,6} *\\d{6}[CP]\\d{8}"),
          Pattern.compile("[^@]+@"),
          Pattern.compile("wss?://.+"));

  /** Names that are data: expirations and strikes of a chain. */
  private static final List<Pattern> KEYS =
      List.of(Pattern.compile("\\d{4}-\\d\\d-\\d\\d:\\d+"), Pattern.compile("\\d+\\.\\d+"));

  private static final long EPOCH_MILLIS_MIN = 1_500_000_000_000L;
  private static final long EPOCH_MILLIS_MAX = 2_500_000_000_000L;
  private static final long MARKET_MILLIS_MIN = 1_000_000_000_000L;

  private Shape() {}

  /** The paths that differ, each with how: {@code [].orderId: number, here text}. */
  static Set<String> differences(JsonNode reference, JsonNode actual) {
    Set<String> found = new TreeSet<>();
    compare("", reference, actual, found);
    return found;
  }

  private static void compare(String path, JsonNode reference, JsonNode actual, Set<String> found) {
    if (reference.isNull()) {
      return;
    }
    if (actual.isMissingNode()) {
      found.add(path + ": missing");
    } else if (!type(reference).equals(type(actual))) {
      found.add(path + ": " + type(reference) + ", here " + type(actual));
    } else if (reference.isObject()) {
      for (Map.Entry<String, JsonNode> member : reference.properties()) {
        String name = member.getKey();
        Pattern key = form(KEYS, name);
        if (key == null) {
          compare(path + "." + name, member.getValue(), actual.path(name), found);
        } else {
          closest(path + ".*", member.getValue(), matching(actual, key), found);
        }
      }
    } else if (reference.isArray()) {
      for (JsonNode element : reference.values()) {
        closest(path + "[]", element, List.copyOf(actual.values()), found);
      }
    } else if (reference.isString()) {
      Pattern format = form(FORMATS, reference.asString());
      if (format != null && !format.matcher(actual.asString()).matches()) {
        found.add(path + ": like " + reference.asString() + ", here " + actual.asString());
      }
    } else if (isMillis(reference) && actual.asDouble() != 0) {
      double millis = actual.asDouble();
      if (millis < MARKET_MILLIS_MIN || millis > EPOCH_MILLIS_MAX) {
        found.add(path + ": epoch milliseconds, here " + actual);
      }
    }
  }

  /** Any of them may be the one that the reference shows. */
  private static void closest(
      String path, JsonNode reference, List<JsonNode> candidates, Set<String> found) {
    candidates.stream()
        .map(
            candidate -> {
              Set<String> differences = new TreeSet<>();
              compare(path, reference, candidate, differences);
              return differences;
            })
        .min(Comparator.comparingInt(Set::size))
        .ifPresentOrElse(found::addAll, () -> found.add(path + ": missing"));
  }

  private static List<JsonNode> matching(JsonNode actual, Pattern key) {
    List<JsonNode> values = new ArrayList<>();
    actual
        .properties()
        .forEach(
            member -> {
              if (key.matcher(member.getKey()).matches()) {
                values.add(member.getValue());
              }
            });
    return values;
  }

  private static @Nullable Pattern form(List<Pattern> forms, String text) {
    return forms.stream().filter(form -> form.matcher(text).matches()).findFirst().orElse(null);
  }

  private static boolean isMillis(JsonNode number) {
    return number.isIntegralNumber()
        && number.asLong() >= EPOCH_MILLIS_MIN
        && number.asLong() <= EPOCH_MILLIS_MAX;
  }

  private static String type(JsonNode node) {
    if (node.isObject()) {
      return "object";
    }
    if (node.isArray()) {
      return "array";
    }
    if (node.isNumber()) {
      return "number";
    }
    if (node.isBoolean()) {
      return "boolean";
    }
    return node.isNull() ? "null" : "text";
  }
}
