package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.Fundamentals;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.Venue;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** LEVELONE_EQUITIES of one ticker. */
final class EquityImage implements Image {
  private static final int LOT = 100;

  /** Fields that the market's image does not have. */
  private static final int PRICE_EARNINGS = 21;

  private static final int DIVIDEND = 22;
  private static final int YIELD = 23;
  private static final int NET_ASSET_VALUE = 24;
  private static final int DIVIDEND_DATE = 26;
  private static final int ASK_MIC = 39;
  private static final int BID_MIC = 40;
  private static final int LAST_MIC = 41;
  private static final int HARD_TO_BORROW_RATE = 47;

  private final TickerState ticker;
  private final LevelOne values;
  private final boolean lots;
  private final boolean delayed;
  private final Fundamentals facts;

  /**
   * @param lots whether sizes are lots of 100 (rounded down) where the guide says so
   * @param delayed whether it says so of itself; the bid size is 0 then, though there is a bid
   */
  EquityImage(TickerState ticker, boolean lots, boolean delayed) {
    this.ticker = ticker;
    this.values = ticker.image();
    this.lots = lots;
    this.delayed = delayed;
    this.facts = Fundamentals.of(ticker.symbol());
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
    return switch (field) {
      case LevelOne.BID_SIZE -> delayed ? 0 : size(values.get(field));
      case LevelOne.ASK_SIZE, LevelOne.REGULAR_LAST_SIZE -> size(values.get(field));
      case PRICE_EARNINGS -> ratioE6(values.get(LevelOne.PREVIOUS_CLOSE), facts.earningsE4());
      case DIVIDEND -> facts.dividendE4();
      case YIELD -> ratioE6(100 * facts.dividendE4(), values.get(LevelOne.PREVIOUS_CLOSE));
      case NET_ASSET_VALUE, HARD_TO_BORROW_RATE -> 0;
      case ASK_MIC -> values.get(LevelOne.ASK_ID);
      case BID_MIC -> values.get(LevelOne.BID_ID);
      case LAST_MIC -> values.get(LevelOne.LAST_ID);
      default -> values.get(field);
    };
  }

  private long size(long shares) {
    return lots && shares != LevelOne.NONE ? shares / LOT : shares;
  }

  private static long ratioE6(long numerator, long denominator) {
    return numerator <= 0 || denominator <= 0 ? 0 : Math.round(numerator * 1e6 / denominator);
  }

  @Override
  public @Nullable String text(int field) {
    return switch (field) {
      case DIVIDEND_DATE -> dividendDate();
      case ASK_MIC, BID_MIC, LAST_MIC ->
          get(field) == LevelOne.NONE ? null : Venue.mic((char) get(field));
      default -> values.texts().get(field);
    };
  }

  private @Nullable String dividendDate() {
    LocalDate today = ticker.date();
    return today == null || facts.dividendE4() == 0 ? null : Fundamentals.exDate(today).toString();
  }

  @Override
  public LevelOne.Form form(int field) {
    return switch (field) {
      case DIVIDEND, NET_ASSET_VALUE -> LevelOne.Form.PRICE;
      case PRICE_EARNINGS, YIELD, HARD_TO_BORROW_RATE -> LevelOne.Form.PERCENT;
      default -> LevelOne.form(field);
    };
  }
}
