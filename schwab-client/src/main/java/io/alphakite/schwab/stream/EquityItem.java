package io.alphakite.schwab.stream;

import static java.time.Instant.ofEpochMilli;

import io.alphakite.model.market.Price;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * One content item of LEVELONE_EQUITIES while it is read. It is applied to its symbol as a whole or
 * not at all: the key may stand anywhere in it, and the frame may break off in the middle.
 *
 * <p>Reused for every item of a connection; belongs to the reading thread.
 */
final class EquityItem {

  /** What is asked for unless somebody wants more. */
  static final List<Integer> DEFAULT_FIELDS =
      List.of(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 17, 32, 34, 35);

  private static final int FIELD_MAX = 52;
  private static final int STATUS = 32;
  private static final long PRICES = bits(1, 2, 3, 10, 11, 12, 17);
  private static final long WHOLES = bits(4, 5, 8, 9);
  private static final long TIMES = bits(34, 35);
  private static final long TOTAL_VOLUME = bits(8);
  private static final long TRADE_TIME = bits(35);

  /** The previous close never moves within a day, so an item with it and a price is an image. */
  private static final long IMAGE = bits(3, 8, 12);

  private final Oddities oddities;
  private final FieldTable table = FieldTable.of(StreamService.LEVELONE_EQUITIES);
  private final long[] values = new long[FIELD_MAX];
  private final @Nullable Object[] others = new Object[FIELD_MAX];
  private long carried;
  private long nulls;
  private boolean marked;
  private boolean delayed;
  private @Nullable String status;
  private @Nullable String key;

  EquityItem(Oddities oddities) {
    this.oddities = oddities;
  }

  private static long bits(int... fields) {
    long bits = 0;
    for (int field : fields) {
      bits |= 1L << field;
    }
    return bits;
  }

  /** Reads the object the parser stands at, to its end. */
  void read(JsonParser json) {
    carried = 0;
    nulls = 0;
    marked = false;
    delayed = false;
    status = null;
    key = null;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      JsonToken value = json.nextToken();
      int field = number(name);
      if (field >= 0 && field < FIELD_MAX) {
        field(field, value, json);
      } else {
        named(name, value, json);
      }
    }
  }

  @Nullable String key() {
    return key;
  }

  long carried() {
    return carried;
  }

  /** The day's volume it carries; null when it carries none. */
  @Nullable Long totalVolume() {
    return (carried & TOTAL_VOLUME) == 0 ? null : whole(8);
  }

  /** The trade time it carries; null when it carries none. */
  @Nullable Instant tradeTime() {
    return (carried & TRADE_TIME) == 0 ? null : time(35);
  }

  /** Whether it has a mark that only images have. */
  boolean isMarkedImage() {
    return marked;
  }

  /** Whether it carries what only an image would: good enough for a symbol that has none yet. */
  boolean looksLikeImage() {
    return (carried & IMAGE) == IMAGE;
  }

  void applyTo(LevelOneEquity.Builder symbol) {
    if (marked) {
      symbol.delayed(delayed);
    }
    symbol.sent(carried);
    for (long left = carried; left != 0; left &= left - 1) {
      int field = Long.numberOfTrailingZeros(left);
      switch (field) {
        case 1 -> symbol.bid(price(field));
        case 2 -> symbol.ask(price(field));
        case 3 -> symbol.last(price(field));
        case 4 -> symbol.bidSize(whole(field));
        case 5 -> symbol.askSize(whole(field));
        case 8 -> symbol.totalVolume(whole(field));
        case 9 -> symbol.lastSize(whole(field));
        case 10 -> symbol.dayHigh(price(field));
        case 11 -> symbol.dayLow(price(field));
        case 12 -> symbol.previousClose(price(field));
        case 17 -> symbol.dayOpen(price(field));
        case 34 -> symbol.quoteTime(time(field));
        case 35 -> symbol.tradeTime(time(field));
        case STATUS -> symbol.securityStatus(isNull(field) ? null : status);
        default -> symbol.other(field, isNull(field) ? null : others[field]);
      }
    }
  }

  private void named(String name, JsonToken value, JsonParser json) {
    switch (name) {
      case "key" -> key = value == JsonToken.VALUE_STRING ? json.getString() : null;
      case "delayed" -> {
        marked = true;
        delayed = value == JsonToken.VALUE_TRUE;
      }
      case "assetMainType", "assetSubType", "cusip" -> marked = true;
      case "seq" -> {}
      default -> oddities.unknownField(StreamService.LEVELONE_EQUITIES, name);
    }
    json.skipChildren();
  }

  private void field(int field, JsonToken value, JsonParser json) {
    long bit = 1L << field;
    if (field == 0) {
      json.skipChildren();
    } else if (value == JsonToken.VALUE_NULL) {
      carried |= bit;
      nulls |= bit;
    } else if (field == STATUS && value.isScalarValue()) {
      carried |= bit;
      nulls &= ~bit;
      status = json.getString();
    } else if (field == STATUS || ((PRICES | WHOLES | TIMES) & bit) == 0) {
      other(field, bit, json);
    } else {
      decimal(field, bit, value, json);
    }
  }

  private void decimal(int field, long bit, JsonToken value, JsonParser json) {
    long e4 =
        value.isNumeric() || value == JsonToken.VALUE_STRING
            ? Decimals.e4(
                json.getStringCharacters(), json.getStringOffset(), json.getStringLength())
            : Decimals.UNREADABLE;
    if (e4 == Decimals.UNREADABLE) {
      oddities.badValue(StreamService.LEVELONE_EQUITIES, field, json.currentToken());
      json.skipChildren();
    } else {
      carried |= bit;
      nulls &= ~bit;
      values[field] = e4;
    }
  }

  private void other(int field, long bit, JsonParser json) {
    JsonToken token = json.currentToken();
    JsonNode tree = json.readValueAsTree();
    Object read = table.read(field, tree);
    if (read == null) {
      oddities.badValue(StreamService.LEVELONE_EQUITIES, field, token);
    } else {
      carried |= bit;
      nulls &= ~bit;
      others[field] = read;
    }
  }

  private @Nullable Price price(int field) {
    return isNull(field) ? null : new Price(values[field]);
  }

  private @Nullable Long whole(int field) {
    return isNull(field) ? null : Long.valueOf(Math.floorDiv(values[field] + 5_000, 10_000));
  }

  /** Zero is how Schwab writes that there is no such time. */
  private @Nullable Instant time(int field) {
    return isNull(field) || values[field] == 0 ? null : ofEpochMilli(values[field] / 10_000);
  }

  private boolean isNull(int field) {
    return (nulls & (1L << field)) != 0;
  }

  /** The number from 0 to 99 that a field's name is, or -1 for a word. */
  static int number(String name) {
    int length = name.length();
    if (length == 0 || length > 2) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }
}
