package io.alphakite.schwab.http;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads Schwab's JSON as it comes: numbers as numbers or as text, identifiers as text or as
 * numbers, decimals exactly. What is missing or has another form reads as null.
 */
public final class Json {

  /**
   * How deep and long an answer may be; beyond it is an unreadable answer, not a memory problem.
   */
  public static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder().maxNestingDepth(50).maxNumberLength(100).build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(LIMITS).build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /** Schwab writes {@code 2026-01-05T14:31:07+0000}; other services of its with a colon or a Z. */
  private static final DateTimeFormatter OFFSET_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .optionalStart()
          .appendOffset("+HH:MM", "Z")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HHMM", "Z")
          .optionalEnd()
          .toFormatter();

  private static final int DIGITS_MAX = 40;

  private Json() {}

  /**
   * Reads one JSON text.
   *
   * @throws JacksonException when it is none
   */
  public static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (NumberFormatException e) {
      // What Jackson throws for an exponent beyond an int.
      throw new StreamReadException((JsonParser) null, "a number out of every range", e);
    }
  }

  /** Writes a tree or a map as JSON text. */
  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** A text or number as text; null when absent, null or of another form. */
  public static @Nullable String text(JsonNode object, String field) {
    JsonNode value = object.get(field);
    return value != null && (value.isString() || value.isNumber()) ? value.asString() : null;
  }

  /** As {@link #text(JsonNode, String)} with another value for what is not there. */
  public static String text(JsonNode object, String field, String otherwise) {
    String text = text(object, field);
    return text == null ? otherwise : text;
  }

  /**
   * A number, or a text that is one; null for everything else, {@code NaN} included, and for
   * numbers of more than forty digits, which no market has and which cost memory when written out.
   */
  public static @Nullable BigDecimal decimal(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || !(value.isNumber() || value.isString())) {
      return null;
    }
    try {
      BigDecimal number =
          value.isNumber() ? value.decimalValue() : new BigDecimal(value.stringValue().strip());
      long integerDigits = (long) number.precision() - number.scale();
      return integerDigits > DIGITS_MAX || number.scale() > DIGITS_MAX ? null : number;
    } catch (NumberFormatException _) {
      return null;
    }
  }

  /**
   * A whole number, however it is written; a fraction is rounded half-up. Null when it does not
   * fit.
   */
  public static @Nullable Long whole(JsonNode object, String field) {
    BigDecimal value = decimal(object, field);
    if (value == null || (long) value.precision() - value.scale() > 18) {
      return null;
    }
    return value.setScale(0, RoundingMode.HALF_UP).longValueExact();
  }

  /** Epoch milliseconds; null when absent or zero, which Schwab writes for "never". */
  public static @Nullable Instant epochMillis(JsonNode object, String field) {
    Long millis = whole(object, field);
    return millis == null || millis == 0 ? null : Instant.ofEpochMilli(millis);
  }

  /** A date and time with an offset in any of Schwab's spellings; null when it is none. */
  public static @Nullable Instant time(JsonNode object, String field) {
    String text = text(object, field);
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text, OFFSET_TIME).toInstant();
    } catch (DateTimeParseException _) {
      return null;
    }
  }

  /** A truth value, also written as text. */
  public static @Nullable Boolean flag(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null) {
      return null;
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    return value.isString() ? Boolean.valueOf(value.stringValue()) : null;
  }
}
