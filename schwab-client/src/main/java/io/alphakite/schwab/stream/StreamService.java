package io.alphakite.schwab.stream;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Ticker;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The streamer's services, by Schwab's names. Each has its own set of keys and its own list of
 * fields.
 *
 * <p>Keys are upper-case symbols: {@code ABC}, {@code $SPX}, {@code "ABC 260320C00050000"} padded
 * to 21 characters, {@code /ESZ26}, {@code EUR/USD}; for screeners {@code PREFIX_SORT_FREQUENCY},
 * such as {@code $SPX_VOLUME_0}; for account activity one word of our own.
 */
public enum StreamService {
  /** Stocks, funds and indexes; see {@link LevelOneEquity}. */
  LEVELONE_EQUITIES(Delivery.CHANGE, 51, 3_000),
  /** Listed options; see {@link LevelOneOption}. */
  LEVELONE_OPTIONS(Delivery.CHANGE, 55, 3_000),
  LEVELONE_FUTURES(Delivery.CHANGE, 40, 3_000),
  /** Its fields are not described; they come as they are. */
  LEVELONE_FUTURES_OPTIONS(Delivery.CHANGE, 31, 3_000),
  /** Its fields are not described; they come as they are. */
  LEVELONE_FOREX(Delivery.CHANGE, 29, 3_000),
  /** One-minute bars. */
  CHART_EQUITY(Delivery.SEQUENCE, 8, 300),
  /** One-minute bars. */
  CHART_FUTURES(Delivery.SEQUENCE, 6, 300),
  NYSE_BOOK(Delivery.WHOLE, 3, 3_000),
  NASDAQ_BOOK(Delivery.WHOLE, 3, 3_000),
  OPTIONS_BOOK(Delivery.WHOLE, 3, 3_000),
  SCREENER_EQUITY(Delivery.WHOLE, 4, 3_000),
  SCREENER_OPTION(Delivery.WHOLE, 4, 3_000),
  /** What happens to orders of all linked accounts. */
  ACCT_ACTIVITY(Delivery.SEQUENCE, 3, 1);

  /** What Schwab sends of a service. */
  enum Delivery {
    /** Changed fields only, conflated; the first item of a key is its full image. */
    CHANGE,
    /** The whole thing each time, throttled. */
    WHOLE,
    /** Everything, numbered. */
    SEQUENCE
  }

  private static final int KEY_LENGTH_MAX = 64;

  private final Delivery delivery;
  private final int fieldMax;
  private final int keysMax;

  StreamService(Delivery delivery, int fieldMax, int keysMax) {
    this.delivery = delivery;
    this.fieldMax = fieldMax;
    this.keysMax = keysMax;
  }

  /**
   * How many keys Schwab takes on one connection; what is wanted beyond is reported as refused.
   * Schwab documents no figure: 3000 was seen for options, 300 was reported for charts.
   */
  public int keysMax() {
    return keysMax;
  }

  /** The highest number of a field that may be asked for. */
  public int fieldMax() {
    return fieldMax;
  }

  Delivery delivery() {
    return delivery;
  }

  /** Whether a lost frame leaves a hole that only a new image, or the last bar again, closes. */
  boolean isRepairedByImages() {
    return delivery == Delivery.CHANGE || this == CHART_EQUITY || this == CHART_FUTURES;
  }

  /** What is asked for unless somebody wants other fields: of equities a few, else all. */
  SortedSet<Integer> defaultFields() {
    return new TreeSet<>(
        this == LEVELONE_EQUITIES
            ? EquityItem.DEFAULT_FIELDS
            : IntStream.rangeClosed(0, fieldMax).boxed().toList());
  }

  /**
   * The key, when it can be one.
   *
   * @throws IllegalArgumentException with one line saying what is wrong with it
   */
  String checkedKey(String key) {
    if (key.isBlank() || key.length() > KEY_LENGTH_MAX || !key.strip().equals(key)) {
      throw new IllegalArgumentException(
          "A key of %s has 1 to %d characters without blanks around it, not \"%s\""
              .formatted(this, KEY_LENGTH_MAX, key));
    }
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      boolean lower = c >= 'a' && c <= 'z' && this != ACCT_ACTIVITY;
      if (c == ',' || c < ' ' || c > '~' || lower) {
        throw new IllegalArgumentException(
            "A key of %s is one symbol in capitals, not \"%s\"".formatted(this, key));
      }
    }
    // What could not be read back need not be asked for.
    if (this == LEVELONE_EQUITIES) {
      return Ticker.of(key).symbol();
    }
    return this == LEVELONE_OPTIONS ? OptionSymbol.parse(key).format() : key;
  }

  /** As Schwab wants a field list: ascending, with field 0. */
  String fieldList(SortedSet<Integer> fields) {
    StringBuilder list = new StringBuilder("0");
    for (int field : fields) {
      if (field < 0 || field > fieldMax) {
        throw new IllegalArgumentException(
            "%s has fields 0 to %d, not %d".formatted(this, fieldMax, field));
      }
      if (field > 0) {
        list.append(',').append(field);
      }
    }
    return list.toString();
  }
}
