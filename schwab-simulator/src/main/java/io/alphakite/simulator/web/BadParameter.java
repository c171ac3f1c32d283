package io.alphakite.simulator.web;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/** A query parameter of the market data API that cannot be used: its 400. */
final class BadParameter extends Exception {
  private final String parameter;

  BadParameter(String parameter, String message) {
    super(message);
    this.parameter = parameter;
  }

  ResponseEntity<Object> answer() {
    return ApiErrors.marketData(400, "Bad Request", "" + getMessage(), parameter);
  }

  static int number(String name, @Nullable String text, int absent) throws BadParameter {
    if (text == null) {
      return absent;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new BadParameter(name, name + " must be a number");
    }
  }

  static boolean flag(String name, String text) throws BadParameter {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new BadParameter(name, name + " must be true or false");
    };
  }

  static @Nullable BigDecimal decimal(String name, @Nullable String text) throws BadParameter {
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      BigDecimal value = new BigDecimal(text);
      if (value.abs().compareTo(BigDecimal.valueOf(1_000_000)) < 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new BadParameter(name, name + " must be a number");
  }

  static @Nullable LocalDate date(String name, @Nullable String text) throws BadParameter {
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new BadParameter(name, name + " must be a date like 2026-03-20");
    }
  }

  static String choice(String name, @Nullable String text, String absent, Set<String> choices)
      throws BadParameter {
    if (text == null || text.isBlank()) {
      return absent;
    }
    if (!choices.contains(text)) {
      throw new BadParameter(name, name + " must be one of " + new TreeSet<>(choices));
    }
    return text;
  }
}
