package io.alphakite.schwab.market;

import io.alphakite.schwab.http.WireName;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A symbol that moved much.
 *
 * @param netChange dollars; null where Schwab writes nonsense (off hours it can be the price
 *     itself)
 * @param netPercentChange a fraction: 0.0103 is 1.03 %; null likewise
 * @param marketShare percent of the list's volume
 * @param totalVolume of the whole list
 */
public record Mover(
    String symbol,
    @Nullable String description,
    @Nullable BigDecimal lastPrice,
    @Nullable BigDecimal netChange,
    @Nullable BigDecimal netPercentChange,
    @Nullable BigDecimal marketShare,
    @Nullable Long volume,
    @Nullable Long totalVolume,
    @Nullable Long trades) {

  /** Among what. */
  public enum Among implements WireName {
    DJI("$DJI"),
    COMPX("$COMPX"),
    SPX("$SPX"),
    NYSE("NYSE"),
    NASDAQ("NASDAQ"),
    OTCBB("OTCBB"),
    INDEX_ALL("INDEX_ALL"),
    EQUITY_ALL("EQUITY_ALL"),
    OPTION_ALL("OPTION_ALL"),
    OPTION_PUT("OPTION_PUT"),
    OPTION_CALL("OPTION_CALL");

    private final String wire;

    Among(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }

  /** By what. */
  public enum Sort {
    VOLUME,
    TRADES,
    PERCENT_CHANGE_UP,
    PERCENT_CHANGE_DOWN
  }

  /** Since when. */
  public enum Frequency implements WireName {
    ALL_DAY("0"),
    ONE_MINUTE("1"),
    FIVE_MINUTES("5"),
    TEN_MINUTES("10"),
    THIRTY_MINUTES("30"),
    SIXTY_MINUTES("60");

    private final String wire;

    Frequency(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }
}
