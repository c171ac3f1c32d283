package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.TickerState;
import java.util.BitSet;

/** One key of a client's LEVELONE_EQUITIES subscription: what it asked for and what it was sent. */
final class Subscription {
  private final TickerState ticker;
  private final long[] sent = new long[LevelOne.FIELDS];
  private BitSet fields;

  /** With conflation: changed since the last batch. */
  boolean dirty;

  Subscription(TickerState ticker, BitSet fields) {
    this.ticker = ticker;
    this.fields = fields;
    java.util.Arrays.fill(sent, LevelOne.NONE);
  }

  TickerState ticker() {
    return ticker;
  }

  void fields(BitSet asked) {
    fields = asked;
  }

  /** Appends the full image of the fields asked for. */
  void image(StringBuilder to) {
    LevelOne image = ticker.image();
    to.append("{\"key\":");
    Json.text(to, ticker.symbol());
    to.append(",\"delayed\":false,\"assetMainType\":\"EQUITY\",\"assetSubType\":");
    Json.text(to, image.listing().subType());
    to.append(",\"cusip\":");
    Json.text(to, image.listing().cusip());
    for (int field = fields.nextSetBit(1); field >= 0; field = fields.nextSetBit(field + 1)) {
      String text = image.texts().get(field);
      if (text != null) {
        to.append(",\"").append(field).append("\":");
        Json.text(to, text);
      } else if (image.get(field) != LevelOne.NONE) {
        value(to, field, image.get(field));
      }
      sent[field] = image.get(field);
    }
    to.append('}');
    dirty = false;
  }

  /**
   * Appends what was asked for and has changed since it was sent last.
   *
   * @return false, and nothing appended, when nothing has
   */
  boolean delta(StringBuilder to) {
    LevelOne image = ticker.image();
    boolean any = false;
    for (int field = fields.nextSetBit(1); field >= 0; field = fields.nextSetBit(field + 1)) {
      long value = image.get(field);
      if (value == sent[field]) {
        continue;
      }
      sent[field] = value;
      if (value == LevelOne.NONE) {
        continue;
      }
      if (!any) {
        to.append("{\"key\":");
        Json.text(to, ticker.symbol());
        any = true;
      }
      value(to, field, value);
    }
    if (any) {
      to.append('}');
    }
    dirty = false;
    return any;
  }

  private static void value(StringBuilder to, int field, long value) {
    to.append(",\"").append(field).append("\":");
    switch (LevelOne.form(field)) {
      case PRICE -> Json.e4(to, value);
      case PERCENT -> Json.e6(to, value);
      case CHARACTER -> to.append('"').append((char) value).append('"');
      case BOOLEAN -> to.append(value != 0);
      case COUNT -> to.append(value);
    }
  }
}
