package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.TickerState;
import org.jspecify.annotations.Nullable;

/** LEVELONE_EQUITIES of one ticker. */
final class EquityImage implements Image {
  private static final int LOT = 100;

  private final TickerState ticker;
  private final LevelOne values;
  private final boolean lots;
  private final boolean delayed;

  /**
   * @param lots whether sizes are lots of 100 (rounded down) where the guide says so
   * @param delayed whether it says so of itself; the bid size is 0 then, though there is a bid
   */
  EquityImage(TickerState ticker, boolean lots, boolean delayed) {
    this.ticker = ticker;
    this.values = ticker.image();
    this.lots = lots;
    this.delayed = delayed;
  }

  TickerState ticker() {
    return ticker;
  }

  @Override
  public String symbol() {
    return ticker.symbol();
  }

  @Override
  public int fields() {
    return LevelOne.FIELDS;
  }

  @Override
  public void head(StringBuilder to) {
    to.append(",\"delayed\":").append(delayed);
    to.append(",\"assetMainType\":\"EQUITY\",\"assetSubType\":");
    Json.text(to, values.listing().subType());
    to.append(",\"cusip\":");
    Json.text(to, values.listing().cusip());
  }

  @Override
  public long get(int field) {
    long value = values.get(field);
    if (delayed && field == LevelOne.BID_SIZE) {
      return 0;
    }
    return lots && value != LevelOne.NONE && isSize(field) ? value / LOT : value;
  }

  private static boolean isSize(int field) {
    return field == LevelOne.BID_SIZE
        || field == LevelOne.ASK_SIZE
        || field == LevelOne.REGULAR_LAST_SIZE;
  }

  @Override
  public @Nullable String text(int field) {
    return values.texts().get(field);
  }

  @Override
  public LevelOne.Form form(int field) {
    return LevelOne.form(field);
  }
}
