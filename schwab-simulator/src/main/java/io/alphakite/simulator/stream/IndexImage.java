package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.TickerState;
import org.jspecify.annotations.Nullable;

/**
 * LEVELONE_EQUITIES of $SPX, which moves as SPY does at ten times its price: no bid, no ask, no
 * volume.
 */
final class IndexImage implements Image {
  /** The ticker it follows. */
  static final String FOLLOWED = "SPY";

  private static final int TIMES = 10;

  private final LevelOne values;

  IndexImage(TickerState followed) {
    this.values = followed.image();
  }

  @Override
  public String symbol() {
    return Listing.SPX.symbol();
  }

  @Override
  public int fields() {
    return LevelOne.FIELDS;
  }

  @Override
  public void head(StringBuilder to) {
    to.append(",\"delayed\":false,\"assetMainType\":\"INDEX\",\"cusip\":");
    Json.text(to, Listing.SPX.cusip());
  }

  @Override
  public long get(int field) {
    return switch (field) {
      case LevelOne.LAST,
          LevelOne.HIGH,
          LevelOne.LOW,
          LevelOne.PREVIOUS_CLOSE,
          LevelOne.OPEN,
          LevelOne.NET_CHANGE,
          LevelOne.YEAR_HIGH,
          LevelOne.YEAR_LOW,
          LevelOne.REGULAR_LAST,
          LevelOne.REGULAR_NET_CHANGE,
          LevelOne.MARK,
          LevelOne.MARK_CHANGE ->
          values.get(field) == LevelOne.NONE ? LevelOne.NONE : values.get(field) * TIMES;
      case LevelOne.NET_PERCENT,
          LevelOne.REGULAR_PERCENT,
          LevelOne.MARK_PERCENT,
          LevelOne.TRADE_TIME,
          LevelOne.REGULAR_TRADE_TIME,
          LevelOne.REGULAR_TRADE ->
          values.get(field);
      case LevelOne.TOTAL_VOLUME -> 0;
      case LevelOne.LISTING -> Listing.SPX.exchange();
      default -> LevelOne.NONE;
    };
  }

  @Override
  public @Nullable String text(int field) {
    return switch (field) {
      case LevelOne.DESCRIPTION -> Listing.SPX.description();
      case LevelOne.EXCHANGE_NAME -> Listing.SPX.exchangeName();
      case LevelOne.SECURITY_STATUS -> "Unknown";
      default -> null;
    };
  }

  @Override
  public LevelOne.Form form(int field) {
    return LevelOne.form(field);
  }
}
