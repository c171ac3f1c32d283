package io.alphakite.schwab.http;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Price;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads one JSON object of Schwab's, field by field, as {@link Json} does, and notes what it did
 * not expect. What is absent reads as null; so does what cannot be read, which is counted. For use
 * by one thread.
 */
public final class Fields {

  /** What Schwab writes where it has no number. */
  private static final BigDecimal NONE = BigDecimal.valueOf(-999);

  private final JsonNode object;
  private final String where;
  private final Unknowns unknowns;
  private final Set<String> asked = new HashSet<>();

  /**
   * @param object anything but an object reads as an empty one
   * @param where names it in the counts, such as {@code quote.equity}
   */
  public Fields(JsonNode object, String where, Unknowns unknowns) {
    this.object = object;
    this.where = where;
    this.unknowns = unknowns;
  }

  /** Whether there is nothing in it at all. */
  public boolean isEmpty() {
    return object.isEmpty();
  }

  /** A text, or a number as text. */
  public @Nullable String text(String field) {
    return checked(field, Json.text(object, field));
  }

  /** As {@link #text(String)} with another value for what is not there. */
  public String text(String field, String otherwise) {
    String text = text(field);
    return text == null ? otherwise : text;
  }

  /** A number, also one written as text. {@code NaN} is none. */
  public @Nullable BigDecimal decimal(String field) {
    BigDecimal value = Json.decimal(object, field);
    return value == null && saysNone(field) ? null : checked(field, value);
  }

  /** A number for which Schwab writes -999 when it has none. */
  public @Nullable BigDecimal decimalUnlessNone(String field) {
    BigDecimal value = decimal(field);
    return value == null || value.compareTo(NONE) == 0 ? null : value;
  }

  /** A price in dollars, rounded half-up to four decimals. */
  public @Nullable Price price(String field) {
    BigDecimal dollars = decimal(field);
    try {
      return dollars == null ? null : Price.rounded(dollars);
    } catch (ArithmeticException _) {
      unknowns.unreadable(where, field);
      return null;
    }
  }

  /** A whole number, however it is written; a fraction is rounded half-up. */
  public @Nullable Long whole(String field) {
    Long value = Json.whole(object, field);
    return value == null && saysNone(field) ? null : checked(field, value);
  }

  /** A truth value, also written as text. */
  public @Nullable Boolean flag(String field) {
    return checked(field, Json.flag(object, field));
  }

  /** A truth value, false when it is not there. */
  public boolean isSet(String field) {
    return Boolean.TRUE.equals(flag(field));
  }

  /**
   * A moment: epoch milliseconds (0 is none), or a date and time with an offset in any of Schwab's
   * spellings.
   */
  public @Nullable Instant moment(String field) {
    JsonNode value = value(field);
    if (value == null || isBlank(value)) {
      return null;
    }
    BigDecimal number = Json.decimal(object, field);
    if (number == null) {
      return checked(field, Json.time(object, field));
    }
    return number.signum() == 0 ? null : checked(field, Json.epochMillis(object, field));
  }

  /**
   * A date: {@code 2026-03-20}, or a moment, which then stands for its Eastern date ({@code
   * 2026-03-20T04:00:00Z}, 00:00 US Central of daily candles and 20:00 US Eastern of last trading
   * days are all of that day).
   */
  public @Nullable LocalDate date(String field) {
    JsonNode value = value(field);
    if (value == null || isBlank(value)) {
      return null;
    }
    Instant moment =
        Json.decimal(object, field) == null
            ? Json.time(object, field)
            : Json.epochMillis(object, field);
    if (moment != null) {
      return MarketCalendar.nyse().dateOf(moment);
    }
    String text = Json.text(object, field);
    if (text == null || text.equals("0")) {
      return null;
    }
    try {
      // Without an offset the time of day is the date's own.
      return LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text);
    } catch (DateTimeException _) {
      unknowns.unreadable(where, field);
      return null;
    }
  }

  /** A word of a set that may grow. */
  public <E extends Enum<E>> @Nullable Coded<E> coded(String field, Class<E> words) {
    String text = text(field);
    if (text == null || text.isBlank()) {
      return null;
    }
    Coded<E> word = Coded.of(words, text);
    if (word.value() == null) {
      unknowns.word(where + "." + field, text);
    }
    return word;
  }

  /** An object in it; null when it is not there or has nothing in it. */
  public @Nullable Fields block(String field, String name) {
    JsonNode value = value(field);
    if (value == null || (value.isObject() && value.isEmpty())) {
      return null;
    }
    if (!value.isObject()) {
      unknowns.unreadable(where, field);
      return null;
    }
    return new Fields(value, name, unknowns);
  }

  /** The objects of a list in it; what is none of them is left out and counted. */
  public List<Fields> blocks(String field, String name) {
    JsonNode value = value(field);
    if (value == null) {
      return List.of();
    }
    List<Fields> blocks = new ArrayList<>();
    for (JsonNode element : value.values()) {
      if (element.isObject()) {
        blocks.add(new Fields(element, name, unknowns));
      } else {
        unknowns.unreadable(where, field);
      }
    }
    return blocks;
  }

  /** A list of texts in it. */
  public List<String> texts(String field) {
    JsonNode value = value(field);
    List<String> texts = new ArrayList<>();
    if (value != null) {
      for (JsonNode element : value.values()) {
        if (element.isString() || element.isNumber()) {
          texts.add(element.asString());
        }
      }
    }
    return List.copyOf(texts);
  }

  /** The names and values of an object in it that is a map. */
  public Set<Map.Entry<String, JsonNode>> entries(String field) {
    JsonNode value = value(field);
    return value == null ? Set.of() : value.properties();
  }

  /** Numbers of an object in it that is a map, and its texts apart; at most so many in all. */
  public void plain(
      String field, int most, Map<String, BigDecimal> numbers, Map<String, String> texts) {
    JsonNode map = value(field);
    if (map == null) {
      return;
    }
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      if (numbers.size() + texts.size() >= most) {
        return;
      }
      BigDecimal number = entry.getValue().isNumber() ? Json.decimal(map, entry.getKey()) : null;
      if (number != null) {
        numbers.put(entry.getKey(), number);
      } else if (entry.getValue().isString()) {
        texts.put(entry.getKey(), entry.getValue().stringValue());
      }
    }
  }

  /** Says that these fields are known although nobody reads them. */
  public Fields ignore(String... fields) {
    asked.addAll(List.of(fields));
    return this;
  }

  /** Counts the fields that nobody asked for. */
  public void done() {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (!asked.contains(field.getKey())) {
        unknowns.field(where, field.getKey());
      }
    }
  }

  private @Nullable JsonNode value(String field) {
    asked.add(field);
    JsonNode value = object.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private <T> @Nullable T checked(String field, @Nullable T read) {
    JsonNode value = value(field);
    if (read == null && value != null && !isBlank(value)) {
      unknowns.unreadable(where, field);
    }
    return read;
  }

  private boolean saysNone(String field) {
    JsonNode value = value(field);
    return value != null && value.isString() && value.stringValue().strip().equals("NaN");
  }

  private static boolean isBlank(JsonNode value) {
    return value.isString() && value.stringValue().isBlank();
  }
}
