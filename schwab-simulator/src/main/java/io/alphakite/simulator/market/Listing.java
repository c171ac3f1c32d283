package io.alphakite.simulator.market;

import java.util.Map;

/**
 * What the simulator says about a ticker itself. Its CUSIPs and ids are invented: nothing real may
 * be looked up by them.
 *
 * @param exchange Schwab's one-letter code of the listing exchange
 * @param subType COE (share) or ETF
 */
public record Listing(
    String symbol,
    String description,
    String cusip,
    char exchange,
    String exchangeName,
    String subType,
    long instrumentId) {
  /** The index that moves as SPY does, at ten times its price. */
  public static final Listing SPX =
      new Listing("$SPX", "S&P 500 INDEX", "000000010", '0', "Index", "", 1819771877);

  private static final Map<String, Listing> KNOWN =
      Map.of(
          "QQQ",
          new Listing("QQQ", "INVESCO QQQ TRUST", "000000004", 'Q', "NASDAQ", "ETF", 1281357640),
          "IWM",
          new Listing(
              "IWM", "ISHARES RUSSELL 2000 ETF", "000000005", 'P', "NYSE Arca", "ETF", 1281357641),
          "SPY",
          new Listing(
              "SPY", "SPDR S&P 500 ETF TRUST", "000000001", 'P', "NYSE Arca", "ETF", 1281357639),
          "IBM",
          new Listing("IBM", "INTL BUSINESS MACHINES", "000000002", 'N', "NYSE", "COE", 4567893),
          "BAC",
          new Listing("BAC", "BANK OF AMERICA CORP", "000000003", 'N', "NYSE", "COE", 1234551));

  static Listing of(String symbol) {
    Listing known = KNOWN.get(symbol);
    return known != null
        ? known
        : new Listing(
            symbol, symbol, "000000000", 'N', "NYSE", "COE", 1 + (symbol.hashCode() & 0xFFFFFF));
  }

  public boolean isFund() {
    return subType.equals("ETF");
  }
}
