package io.alphakite.simulator.market;

import java.util.List;
import java.util.Map;

/**
 * The LEVELONE_EQUITIES image of one ticker, by the numbers of the Streamer Guide. A value is a
 * long: prices in ten-thousandths of a dollar, percents in millionths, characters and booleans as
 * their code, {@link #NONE} where there is nothing. Texts never change and are kept apart. Not
 * thread-safe: guarded by the market's lock.
 */
public final class LevelOne {
  /** No value. */
  public static final long NONE = Long.MIN_VALUE;

  /** One more than the highest field number. */
  public static final int FIELDS = 52;

  public static final int BID = 1;
  public static final int ASK = 2;
  public static final int LAST = 3;
  public static final int BID_SIZE = 4;
  public static final int ASK_SIZE = 5;
  public static final int ASK_ID = 6;
  public static final int BID_ID = 7;
  public static final int TOTAL_VOLUME = 8;
  public static final int LAST_SIZE = 9;
  public static final int HIGH = 10;
  public static final int LOW = 11;
  public static final int PREVIOUS_CLOSE = 12;
  public static final int LISTING = 13;
  public static final int MARGINABLE = 14;
  public static final int DESCRIPTION = 15;
  public static final int LAST_ID = 16;
  public static final int OPEN = 17;
  public static final int NET_CHANGE = 18;
  public static final int YEAR_HIGH = 19;
  public static final int YEAR_LOW = 20;
  public static final int EXCHANGE_NAME = 25;
  public static final int REGULAR_QUOTE = 27;
  public static final int REGULAR_TRADE = 28;
  public static final int REGULAR_LAST = 29;
  public static final int REGULAR_LAST_SIZE = 30;
  public static final int REGULAR_NET_CHANGE = 31;
  public static final int SECURITY_STATUS = 32;
  public static final int MARK = 33;
  public static final int QUOTE_TIME = 34;
  public static final int TRADE_TIME = 35;
  public static final int REGULAR_TRADE_TIME = 36;
  public static final int BID_TIME = 37;
  public static final int ASK_TIME = 38;
  public static final int NET_PERCENT = 42;
  public static final int REGULAR_PERCENT = 43;
  public static final int MARK_CHANGE = 44;
  public static final int MARK_PERCENT = 45;
  public static final int HARD_TO_BORROW_QUANTITY = 46;
  public static final int HARD_TO_BORROW = 48;
  public static final int SHORTABLE = 49;
  public static final int POST_MARKET_CHANGE = 50;
  public static final int POST_MARKET_PERCENT = 51;

  private static final int OPEN_MILLIS = (9 * 60 + 30) * 60_000;
  private static final int CLOSE_MILLIS = 16 * 60 * 60_000;

  private static final List<Integer> PRICES =
      List.of(
          BID,
          ASK,
          LAST,
          HIGH,
          LOW,
          PREVIOUS_CLOSE,
          OPEN,
          NET_CHANGE,
          YEAR_HIGH,
          YEAR_LOW,
          POST_MARKET_CHANGE,
          REGULAR_LAST,
          REGULAR_NET_CHANGE,
          MARK,
          MARK_CHANGE);
  private static final List<Integer> PERCENTS =
      List.of(NET_PERCENT, REGULAR_PERCENT, MARK_PERCENT, POST_MARKET_PERCENT);
  private static final List<Integer> CHARACTERS = List.of(ASK_ID, BID_ID, LISTING, LAST_ID);
  private static final List<Integer> BOOLEANS = List.of(MARGINABLE, REGULAR_QUOTE, REGULAR_TRADE);

  /** How a field is written. */
  public enum Form {
    PRICE,
    PERCENT,
    CHARACTER,
    BOOLEAN,
    COUNT
  }

  private static final Form[] FORMS = new Form[FIELDS];

  static {
    for (int field = 0; field < FIELDS; field++) {
      FORMS[field] =
          PRICES.contains(field)
              ? Form.PRICE
              : PERCENTS.contains(field)
                  ? Form.PERCENT
                  : CHARACTERS.contains(field)
                      ? Form.CHARACTER
                      : BOOLEANS.contains(field) ? Form.BOOLEAN : Form.COUNT;
    }
  }

  private final Listing listing;
  private final Map<Integer, String> texts;
  private final long[] values = new long[FIELDS];
  private long extendedLast = NONE;
  private long extendedSize = NONE;
  private long extendedTime = NONE;

  LevelOne(Listing listing) {
    this.listing = listing;
    this.texts =
        Map.of(
            DESCRIPTION, listing.description(),
            EXCHANGE_NAME, listing.exchangeName(),
            SECURITY_STATUS, "Normal");
    java.util.Arrays.fill(values, NONE);
    values[LISTING] = listing.exchange();
    values[MARGINABLE] = 1;
    values[HARD_TO_BORROW_QUANTITY] = 0;
    values[HARD_TO_BORROW] = 0;
    values[SHORTABLE] = 1;
  }

  /** How a field is written. */
  public static Form form(int field) {
    return FORMS[field];
  }

  /** Who this is. */
  public Listing listing() {
    return listing;
  }

  /** The fields that are texts. */
  public Map<Integer, String> texts() {
    return texts;
  }

  /** The value of a field, {@link #NONE} when it has none or is a text. */
  public long get(int field) {
    return values[field];
  }

  /** A new day: the day's own figures begin anew, last price and quote stand until they move. */
  void startDay(long previousCloseE4) {
    startVolume();
    startPrices(previousCloseE4);
  }

  /** A new day's volume begins; the real one does so at 07:28 New York time. */
  void startVolume() {
    values[TOTAL_VOLUME] = 0;
  }

  /** A new day's high, low, open and close begin; the real ones do so at 03:30 New York time. */
  void startPrices(long previousCloseE4) {
    values[HIGH] = 0;
    values[LOW] = 0;
    values[OPEN] = 0;
    values[PREVIOUS_CLOSE] = previousCloseE4 == 0 ? NONE : previousCloseE4;
    values[POST_MARKET_CHANGE] = 0;
    values[POST_MARKET_PERCENT] = 0;
    widenYear(previousCloseE4);
    changes();
  }

  /** The year's range, as far as the replay knows it, holds this price. */
  void widenYear(long priceE4) {
    if (priceE4 > 0) {
      values[YEAR_HIGH] = Math.max(values[YEAR_HIGH], priceE4);
      values[YEAR_LOW] = values[YEAR_LOW] == NONE ? priceE4 : Math.min(values[YEAR_LOW], priceE4);
    }
  }

  /** Price of the newest print outside regular hours, {@link #NONE} before the first. */
  public long extendedLast() {
    return extendedLast;
  }

  /** Size of the newest print outside regular hours, {@link #NONE} before the first. */
  public long extendedSize() {
    return extendedSize;
  }

  /** Time of the newest print outside regular hours, {@link #NONE} before the first. */
  public long extendedTime() {
    return extendedTime;
  }

  void print(long time, int millisOfDay, long priceE4, long size, char venue, boolean movesPrice) {
    values[TOTAL_VOLUME] += size;
    values[LAST_SIZE] = size;
    values[TRADE_TIME] = time;
    values[LAST_ID] = exchangeId(venue);
    boolean regular = millisOfDay >= OPEN_MILLIS && millisOfDay < CLOSE_MILLIS;
    values[REGULAR_TRADE] = regular ? 1 : 0;
    if (movesPrice) {
      values[LAST] = priceE4;
      values[MARK] = priceE4;
    }
    if (regular) {
      values[REGULAR_LAST_SIZE] = size;
      values[REGULAR_TRADE_TIME] = time;
      if (movesPrice) {
        values[REGULAR_LAST] = priceE4;
        values[OPEN] = values[OPEN] == 0 ? priceE4 : values[OPEN];
        values[HIGH] = values[HIGH] == 0 ? priceE4 : Math.max(values[HIGH], priceE4);
        values[LOW] = values[LOW] == 0 ? priceE4 : Math.min(values[LOW], priceE4);
        widenYear(priceE4);
      }
    } else if (movesPrice) {
      extendedLast = priceE4;
      extendedSize = size;
      extendedTime = time;
    }
    if (movesPrice) {
      changes();
    }
  }

  void quote(
      long time,
      int millisOfDay,
      long bidE4,
      long bidSize,
      char bidVenue,
      long askE4,
      long askSize,
      char askVenue) {
    if (bidE4 > 0) {
      if (values[BID] != bidE4 || values[BID_SIZE] != bidSize) {
        values[BID_TIME] = time;
      }
      values[BID] = bidE4;
      values[BID_SIZE] = bidSize;
      values[BID_ID] = exchangeId(bidVenue);
    }
    if (askE4 > 0) {
      if (values[ASK] != askE4 || values[ASK_SIZE] != askSize) {
        values[ASK_TIME] = time;
      }
      values[ASK] = askE4;
      values[ASK_SIZE] = askSize;
      values[ASK_ID] = exchangeId(askVenue);
    }
    values[QUOTE_TIME] = time;
    values[REGULAR_QUOTE] = millisOfDay >= OPEN_MILLIS && millisOfDay < CLOSE_MILLIS ? 1 : 0;
  }

  private void changes() {
    change(LAST, NET_CHANGE, NET_PERCENT);
    change(REGULAR_LAST, REGULAR_NET_CHANGE, REGULAR_PERCENT);
    change(MARK, MARK_CHANGE, MARK_PERCENT);
    boolean after = values[REGULAR_TRADE] == 0 && values[OPEN] > 0;
    if (after && values[LAST] != NONE && values[REGULAR_LAST] != NONE) {
      values[POST_MARKET_CHANGE] = values[LAST] - values[REGULAR_LAST];
      values[POST_MARKET_PERCENT] =
          Math.round(values[POST_MARKET_CHANGE] * 1e8 / values[REGULAR_LAST]);
    }
  }

  private void change(int price, int change, int percent) {
    long close = values[PREVIOUS_CLOSE];
    if (values[price] == NONE || close == NONE) {
      values[change] = NONE;
      values[percent] = NONE;
    } else {
      values[change] = values[price] - close;
      values[percent] = Math.round(values[change] * 1e8 / close);
    }
  }

  /** Schwab names few venues by letter; the recorded letters of the others pass unchanged. */
  private static char exchangeId(char venue) {
    return venue == 'T' ? 'Q' : venue;
  }
}
