package io.alphakite.platform.settings;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The settings of one service, by the names of the environment variables. A blank value counts as
 * unset.
 *
 * <p>Every feature reads its own into a typed record when the service starts, so that a value that
 * cannot be used stops the start with a {@link SettingsException}. Values of secrets are never
 * repeated in messages.
 */
public final class Settings {
  private final Map<String, String> values;

  private Settings(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /** Settings from these values; unknown names are kept. */
  public static Settings of(Map<String, String> values) {
    return new Settings(values);
  }

  /** Every name and value given, secrets included: for checks of names, not for printing. */
  public Map<String, String> all() {
    return values;
  }

  /** The value, trimmed, when set. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  /** The value, trimmed, or {@code otherwise}. */
  public String text(String name, String otherwise) {
    return text(name).orElse(otherwise);
  }

  /**
   * A value that must be set.
   *
   * @param why what it is for, as in "where the database is"
   */
  public String required(String name, String why) {
    return text(name).orElseThrow(() -> new SettingsException(name + " is not set: " + why));
  }

  /** A whole number in [min, max]. */
  public int integer(String name, int otherwise, int min, int max) {
    return parsed(
        name,
        Integer.toString(otherwise),
        "a whole number from " + min + " to " + max,
        text -> {
          int value = Integer.parseInt(text);
          require(value >= min && value <= max);
          return value;
        });
  }

  /** A decimal number in [min, max], exact. */
  public BigDecimal decimal(String name, BigDecimal otherwise, BigDecimal min, BigDecimal max) {
    return parsed(
        name,
        otherwise.toPlainString(),
        "a number from " + min.toPlainString() + " to " + max.toPlainString(),
        text -> {
          // "1e400000" is a legal BigDecimal that takes for ever to print.
          require(text.length() <= 30 && text.matches("[+-]?[0-9]*\\.?[0-9]+"));
          BigDecimal value = new BigDecimal(text);
          require(value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
          return value;
        });
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String name, boolean otherwise) {
    return parsed(
        name,
        Boolean.toString(otherwise),
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException(text);
            });
  }

  /**
   * A value of any type.
   *
   * @param expected what a good value looks like, for the message
   * @param parser throws {@link IllegalArgumentException} or {@link ArithmeticException} on a bad
   *     one
   */
  public <T> T parsed(String name, String otherwise, String expected, Function<String, T> parser) {
    String text = text(name, otherwise);
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException e) {
      throw new SettingsException(name + "=" + shown(name, text) + " is not " + expected);
    }
  }

  /** A copy with these values instead. */
  public Settings with(Map<String, String> others) {
    var merged = new java.util.HashMap<>(values);
    merged.putAll(others);
    return new Settings(merged);
  }

  /** Names only: values may be secret. */
  @Override
  public String toString() {
    return "Settings" + values.keySet().stream().sorted().toList();
  }

  private static String shown(String name, String value) {
    boolean secret = name.matches(".*(SECRET|PASSWORD|TOKEN|KEY|ACCOUNT|DATABASE_URL).*");
    String shown = secret ? "…" : value.replaceAll("\\p{Cntrl}", "?");
    return shown.length() > 80 ? shown.substring(0, 80) + "…" : shown;
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException();
    }
  }
}
