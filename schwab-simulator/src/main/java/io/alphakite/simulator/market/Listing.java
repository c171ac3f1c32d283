package io.alphakite.simulator.market;

import java.util.Map;

/**
 * What the simulator says about a ticker itself. CUSIPs are public identifiers of the issuers.
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
  private static final Map<String, Listing> KNOWN =
      Map.of(
          "SPY",
          new Listing(
              "SPY", "SPDR S&P 500 ETF TRUST", "78462F103", 'P', "NYSE Arca", "ETF", 1281357639),
          "IBM",
          new Listing("IBM", "INTL BUSINESS MACHINES", "459200101", 'N', "NYSE", "COE", 4567893),
          "BAC",
          new Listing("BAC", "BANK OF AMERICA CORP", "060505104", 'N', "NYSE", "COE", 1234551));

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
