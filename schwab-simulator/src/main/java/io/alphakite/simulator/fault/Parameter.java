package io.alphakite.simulator.fault;

import java.util.List;

/**
 * Something a dial can be told besides when to strike.
 *
 * @param name snake_case; a name ending in {@code _ms} is a duration in milliseconds
 * @param absent the value when it is not given
 * @param expected what a value must be, for people
 */
public record Parameter(
    String name, String absent, String expected, String description, Check check) {

  /** Whether a text is a value of this parameter. */
  @FunctionalInterface
  public interface Check {
    boolean accepts(String value);
  }

  /** Wall milliseconds from 0 to an hour. */
  public static Parameter millis(String name, long absent, String description) {
    return whole(name, absent, 0, 3_600_000, description);
  }

  public static Parameter whole(
      String name, long absent, long least, long most, String description) {
    return new Parameter(
        name,
        Long.toString(absent),
        "a whole number from " + least + " to " + most,
        description,
        value -> {
          try {
            long number = Long.parseLong(value);
            return number >= least && number <= most;
          } catch (NumberFormatException e) {
            return false;
          }
        });
  }

  /** The first is the one without a choice. */
  public static Parameter choice(String name, String description, String... values) {
    List<String> choices = List.of(values);
    return new Parameter(
        name, values[0], "one of " + String.join(", ", choices), description, choices::contains);
  }

  /** Any text up to 500 characters. */
  public static Parameter text(String name, String absent, String description) {
    return new Parameter(
        name, absent, "a text of at most 500 characters", description, v -> v.length() <= 500);
  }
}
