package io.alphakite.simulator.fault;

import io.alphakite.simulator.fault.Step.Action;
import io.alphakite.simulator.fault.Step.When;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happens when, as a file: {@code {"name", "description", "steps": [{"after"|"at"|"day", "do",
 * ...}]}}. docs/simulator.md has the form.
 *
 * @param name as given in the file, else the file's
 * @param steps in the order in which they happen
 */
public record Scenario(String name, String description, List<Step> steps) {
  /** Steps at most. */
  public static final int STEPS = 1000;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String FOLDER = "/scenarios/";
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Set<String> TOP = Set.of("name", "description", "steps");
  private static final Set<String> TIMING = Set.of("at", "after", "day", "do", "note");
  private static final List<String> ACTIONS =
      List.of("set", "clear", "speed", "pause", "end-refresh-tokens", "end-access-tokens");

  public Scenario {
    steps = List.copyOf(steps);
  }

  /** Names of those that come with the simulator. */
  public static List<String> shipped() {
    return resource("index.txt").lines().map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /**
   * One that comes with the simulator, by its name, or a file.
   *
   * @throws ScenarioException when there is none, or it cannot be used
   */
  public static Scenario load(String nameOrFile) {
    if (shipped().contains(nameOrFile)) {
      return parse(nameOrFile, resource(nameOrFile + ".json"));
    }
    Path file = Path.of(nameOrFile);
    if (!Files.isRegularFile(file)) {
      throw new ScenarioException(
          "there is no scenario '"
              + nameOrFile
              + "' and no such file; those that come with the simulator: "
              + String.join(", ", shipped()));
    }
    try {
      return parse(nameOrFile, Files.readString(file));
    } catch (IOException e) {
      throw new ScenarioException(nameOrFile + " cannot be read: " + e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Scenario.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException(FOLDER + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a scenario.
   *
   * @param source its name in messages
   * @throws ScenarioException with every problem and its line
   */
  public static Scenario parse(String source, String text) {
    Reading reading = new Reading(source);
    try (JsonParser parser = JSON.createParser(text)) {
      return reading.read(parser);
    } catch (JacksonException e) {
      throw new ScenarioException(
          source + " line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage());
    }
  }

  /** One reading of one text, with what was wrong in it. */
  private static final class Reading {
    private final String source;
    private final List<String> problems = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private String name;
    private String description = "";

    Reading(String source) {
      this.source = source;
      this.name = source;
    }

    Scenario read(JsonParser parser) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new ScenarioException(
            source
                + " line 1: expected an object with "
                + String.join(", ", TOP.stream().sorted().toList()));
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String member = parser.currentName();
        int line = parser.currentTokenLocation().getLineNr();
        JsonToken value = parser.nextToken();
        if (!TOP.contains(member)) {
          problem(line, "there is no '" + member + "'; a scenario has name, description, steps");
          parser.skipChildren();
        } else if (!member.equals("steps")) {
          String string = value == JsonToken.VALUE_STRING ? parser.getString() : "";
          if (string.isBlank()) {
            problem(line, member + " must be a text");
          } else if (member.equals("name")) {
            name = string;
          } else {
            description = string;
          }
        } else if (value != JsonToken.START_ARRAY) {
          problem(line, "steps must be a list");
          parser.skipChildren();
        } else {
          steps(parser);
        }
      }
      if (steps.isEmpty() && problems.isEmpty()) {
        problem(1, "there are no steps");
      }
      if (!problems.isEmpty()) {
        throw new ScenarioException(problems);
      }
      return new Scenario(name, description, steps);
    }

    private void steps(JsonParser parser) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        int line = parser.currentTokenLocation().getLineNr();
        JsonNode step = parser.readValueAsTree();
        if (steps.size() >= STEPS) {
          throw new ScenarioException(source + " line " + line + ": more than " + STEPS + " steps");
        }
        try {
          if (!step.isObject()) {
            throw new IllegalArgumentException("expected an object like {\"after\":\"10s\",...}");
          }
          steps.add(new Step(line, when(step), action(step)));
        } catch (IllegalArgumentException e) {
          problem(line, String.valueOf(e.getMessage()));
        }
      }
    }

    private void problem(int line, String what) {
      problems.add(source + " line " + line + ": " + what);
    }
  }

  private static When when(JsonNode step) {
    String at = text(step, "at");
    String after = text(step, "after");
    JsonNode day = step.path("day");
    if (at != null && after != null) {
      throw new IllegalArgumentException("a step has 'at' or 'after', not both");
    }
    if (!day.isMissingNode()) {
      if (!day.isIntegralNumber() || day.intValue() < 1 || day.intValue() > 1000 || at == null) {
        throw new IllegalArgumentException(
            "day must be a whole number from 1 to 1000 beside 'at', 1 being the first day");
      }
      return new When.OnDay(day.intValue(), time(at));
    }
    if (after != null) {
      return new When.After(duration(after));
    }
    if (at == null) {
      return new When.Now();
    }
    return at.length() > 8 ? new When.At(moment(step.path("at"))) : new When.NextTime(time(at));
  }

  private static Instant moment(JsonNode at) {
    return FaultRuleJson.moment("at", at);
  }

  private static LocalTime time(String text) {
    try {
      return LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "at must be a New York time like \"09:30\" or \"09:30:15\", or a date and time like"
              + " \"2013-10-07 09:30:00\", not '"
              + text
              + "'",
          e);
    }
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "after must be a number with ms, s, m, h or d, as in \"90s\", not '" + text + "'");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static Action action(JsonNode step) {
    String action = text(step, "do");
    if (action == null || !ACTIONS.contains(action)) {
      throw new IllegalArgumentException(
          "do must be one of "
              + String.join(", ", ACTIONS)
              + (action == null ? "" : ", not '" + action + "'"));
    }
    return switch (action) {
      case "set" -> {
        Dial dial = dial(step);
        yield new Action.Set(dial, FaultRuleJson.read(dial, rest(step), FaultRule.ALWAYS));
      }
      case "clear" -> {
        only(step, "dial");
        yield step.has("dial") ? new Action.Clear(dial(step)) : new Action.ClearAll();
      }
      case "speed" -> {
        only(step, "speed");
        JsonNode speed = step.path("speed");
        if (!speed.isNumber() || !(speed.doubleValue() >= 1 && speed.doubleValue() <= 100_000)) {
          throw new IllegalArgumentException(
              "speed must be a number from 1 to 1000, in a continuous calendar to 100000");
        }
        yield new Action.Speed(speed.doubleValue());
      }
      case "pause" -> {
        only(step);
        yield new Action.Pause();
      }
      case "end-refresh-tokens" -> {
        only(step, "form");
        String form = text(step, "form");
        Parameter forms = Dial.REFRESH_TOKEN_REFUSED.parameter("form");
        if (form != null && !forms.check().accepts(form)) {
          throw new IllegalArgumentException("form must be " + forms.expected());
        }
        yield new Action.EndRefreshTokens(form == null ? forms.absent() : form);
      }
      default -> {
        only(step);
        yield new Action.EndAccessTokens();
      }
    };
  }

  private static Dial dial(JsonNode step) {
    String name = text(step, "dial");
    if (name == null) {
      throw new IllegalArgumentException("dial is missing");
    }
    return Dial.of(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no dial '"
                        + name
                        + "'; did you mean "
                        + String.join(", ", Dial.near(name))
                        + "?"));
  }

  /** A step without what is not the rule. */
  private static ObjectNode rest(JsonNode step) {
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> member : step.properties()) {
      if (!TIMING.contains(member.getKey()) && !member.getKey().equals("dial")) {
        rest.set(member.getKey(), member.getValue());
      }
    }
    return rest;
  }

  private static void only(JsonNode step, String... members) {
    for (Map.Entry<String, JsonNode> member : step.properties()) {
      if (!TIMING.contains(member.getKey()) && !List.of(members).contains(member.getKey())) {
        throw new IllegalArgumentException("'" + member.getKey() + "' means nothing here");
      }
    }
  }

  private static @Nullable String text(JsonNode step, String member) {
    JsonNode value = step.path(member);
    if (value.isMissingNode()) {
      return null;
    }
    if (!value.isString()) {
      throw new IllegalArgumentException(member + " must be a text, not " + value);
    }
    return value.stringValue();
  }
}
