package io.alphakite.simulator.fault;

import io.alphakite.model.calendar.MarketCalendar;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A rule as a JSON object: {@code probability, count, skip, subject, from, until}, and beside them
 * the dial's own parameters by name. All are optional.
 */
public final class FaultRuleJson {
  /** Members that every dial has. */
  public static final List<String> NAMES =
      List.of("probability", "count", "skip", "subject", "from", "until");

  private static final int SUBJECT_LENGTH = 200;

  private FaultRuleJson() {}

  /**
   * Reads a rule; what the object does not have stays as in {@code base}.
   *
   * @throws IllegalArgumentException naming the member that cannot be used
   */
  public static FaultRule read(Dial dial, JsonNode object, FaultRule base) {
    if (!object.isObject()) {
      throw new IllegalArgumentException("expected a JSON object like {\"probability\":0.5}");
    }
    double probability = base.probability();
    long count = base.count();
    long skip = base.skip();
    Pattern subject = base.subject();
    Instant from = base.from();
    Instant until = base.until();
    Map<String, String> with = new HashMap<>(base.with());
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      JsonNode value = member.getValue();
      switch (member.getKey()) {
        case "probability" -> probability = probability(value);
        case "count" -> count = whole("count", value);
        case "skip" -> skip = whole("skip", value);
        case "subject" -> subject = value.isNull() ? null : subject(value);
        case "from" -> from = value.isNull() ? null : moment("from", value);
        case "until" -> until = value.isNull() ? null : moment("until", value);
        default -> with.put(member.getKey(), parameter(dial, member.getKey(), value));
      }
    }
    return new FaultRule(probability, count, skip, subject, from, until, with);
  }

  private static double probability(JsonNode value) {
    double number = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(number > 0 && number <= 1)) {
      throw wrong("probability", "a number above 0 and at most 1 (to switch off: DELETE)", value);
    }
    return number;
  }

  private static long whole(String name, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw wrong(name, "a whole number from 0", value);
    }
    return value.intValue();
  }

  private static Pattern subject(JsonNode value) {
    String text = value.isString() ? value.stringValue() : "";
    if (text.isEmpty() || text.length() > SUBJECT_LENGTH) {
      throw wrong(
          "subject", "a regular expression of at most " + SUBJECT_LENGTH + " characters", value);
    }
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "subject is no regular expression: " + e.getDescription(), e);
    }
  }

  /**
   * A moment as RFC 3339, or as New York date and time {@code 2013-10-07 09:31:00}.
   *
   * @throws IllegalArgumentException naming the member when it is neither
   */
  static Instant moment(String name, JsonNode value) {
    String text = value.isString() ? value.stringValue().strip() : "";
    try {
      int blank = text.indexOf(' ');
      return blank < 0
          ? Instant.parse(text)
          : MarketCalendar.nyse()
              .at(
                  LocalDate.parse(text.substring(0, blank)),
                  LocalTime.parse(text.substring(blank + 1)));
    } catch (DateTimeException e) {
      throw wrong(
          name,
          "a market time like \"2013-10-07T13:31:00Z\" or, in New York, \"2013-10-07 09:31:00\"",
          value);
    }
  }

  private static String parameter(Dial dial, String name, JsonNode value) {
    Parameter parameter;
    try {
      parameter = dial.parameter(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + "; every dial has " + NAMES, e);
    }
    if (!value.isValueNode() || value.isNull() || !parameter.check().accepts(value.asString())) {
      throw wrong(name, parameter.expected(), value);
    }
    return value.asString();
  }

  private static IllegalArgumentException wrong(String name, String expected, JsonNode value) {
    return new IllegalArgumentException(name + " must be " + expected + ", not " + value);
  }

  /** A dial, how it stands and what it has done, for {@code /control/faults}. */
  public static Map<String, Object> view(FaultDials.State state) {
    Dial dial = state.dial();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", dial.label());
    view.put("area", dial.area().name().toLowerCase(java.util.Locale.ROOT));
    view.put("description", dial.description());
    view.put("source", dial.source());
    view.put("evidence", dial.evidence().tag());
    view.put("state", state.rule() == null ? "off" : state.spent() ? "spent" : "on");
    view.put("occasions", state.occasions());
    view.put("hits", state.strikes());
    view.put("last", state.last() == null ? null : view(state.last()));
    view.put("rule", state.rule() == null ? null : view(state.rule()));
    view.put("parameters", dial.parameters().stream().map(FaultRuleJson::view).toList());
    return view;
  }

  private static Map<String, Object> view(Parameter parameter) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", parameter.name());
    view.put("default", parameter.absent());
    view.put("expected", parameter.expected());
    view.put("description", parameter.description());
    return view;
  }

  private static Map<String, Object> view(FaultRule rule) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("probability", rule.probability());
    view.put("count", rule.count());
    view.put("skip", rule.skip());
    put(view, "subject", rule.subject());
    put(view, "from", rule.from());
    put(view, "until", rule.until());
    view.putAll(new java.util.TreeMap<>(rule.with()));
    return view;
  }

  private static void put(Map<String, Object> view, String name, @Nullable Object value) {
    if (value != null) {
      view.put(name, value.toString());
    }
  }

  /** A strike, for {@code /control/faults} and its history. */
  public static Map<String, Object> view(FaultDials.Hit hit) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("dial", hit.dial().label());
    view.put("number", hit.number());
    view.put("subject", hit.subject());
    view.put("market_time", hit.marketTime().toString());
    return view;
  }
}
