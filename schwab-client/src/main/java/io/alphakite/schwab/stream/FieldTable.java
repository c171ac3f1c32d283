package io.alphakite.schwab.stream;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The kinds of a level-one service's fields, by number. */
final class FieldTable {

  /** A value of another kind than the field's is refused, and what was known before stays. */
  private enum Kind {
    /** A number, or a text that is one. */
    NUMBER,
    /** A text; a number is taken as its text. */
    TEXT,
    /** True or false, also as text. */
    FLAG,
    /** Whatever comes, for services whose fields are not described. */
    ANY
  }

  /** Field numbers are bits of a long elsewhere. */
  static final int SIZE_MAX = Long.SIZE;

  private static final FieldTable EQUITIES =
      new FieldTable(StreamService.LEVELONE_EQUITIES, Kind.NUMBER)
          .texts(0, 6, 7, 13, 15, 16, 25, 26, 32, 39, 40, 41)
          .flags(14, 27, 28);

  private static final FieldTable OPTIONS =
      new FieldTable(StreamService.LEVELONE_OPTIONS, Kind.NUMBER)
          .texts(0, 1, 21, 22, 24, 33, 36, 40, 41, 43, 49, 55)
          .flags(48);

  private static final FieldTable FUTURES =
      new FieldTable(StreamService.LEVELONE_FUTURES, Kind.NUMBER)
          .texts(0, 6, 7, 15, 16, 17, 21, 22, 27, 28, 29, 34, 36)
          .flags(30, 32, 39);

  private final Kind[] kinds;

  private FieldTable(StreamService service, Kind otherwise) {
    kinds = new Kind[service.fieldMax() + 1];
    Arrays.fill(kinds, otherwise);
  }

  static FieldTable of(StreamService service) {
    return switch (service) {
      case LEVELONE_EQUITIES -> EQUITIES;
      case LEVELONE_OPTIONS -> OPTIONS;
      case LEVELONE_FUTURES -> FUTURES;
      case LEVELONE_FUTURES_OPTIONS, LEVELONE_FOREX -> new FieldTable(service, Kind.ANY);
      case CHART_EQUITY,
          CHART_FUTURES,
          NYSE_BOOK,
          NASDAQ_BOOK,
          OPTIONS_BOOK,
          SCREENER_EQUITY,
          SCREENER_OPTION,
          ACCT_ACTIVITY ->
          throw new IllegalArgumentException(service + " is no level-one service");
    };
  }

  private FieldTable texts(int... fields) {
    return with(Kind.TEXT, fields);
  }

  private FieldTable flags(int... fields) {
    return with(Kind.FLAG, fields);
  }

  private FieldTable with(Kind kind, int... fields) {
    for (int field : fields) {
      kinds[field] = kind;
    }
    return this;
  }

  int size() {
    return kinds.length;
  }

  /** The field's value as it is kept, or null when the value is none of the field's kind. */
  @Nullable Object read(int field, JsonNode value) {
    return switch (kinds[field]) {
      case NUMBER -> Decimals.exact(value);
      case TEXT -> value.isValueNode() ? value.asString() : null;
      case FLAG -> flag(value);
      case ANY -> any(value);
    };
  }

  private static @Nullable Object any(JsonNode value) {
    if (value.isNumber()) {
      return Decimals.exact(value);
    }
    return value.isString() || value.isBoolean() ? flagOrText(value) : null;
  }

  private static Object flagOrText(JsonNode value) {
    return value.isBoolean() ? Boolean.valueOf(value.booleanValue()) : value.stringValue();
  }

  private static @Nullable Boolean flag(JsonNode value) {
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    String text = value.isString() ? value.stringValue() : "";
    return switch (text) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> null;
    };
  }
}
