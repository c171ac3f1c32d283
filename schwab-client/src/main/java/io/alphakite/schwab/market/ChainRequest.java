package io.alphakite.schwab.market;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Which part of an option chain is wanted. Immutable: each method gives another request.
 *
 * <p>The whole chain of a large index is more than Schwab's gateway carries: limit the strikes or
 * the dates.
 */
public final class ChainRequest {

  private final Map<String, String> query;

  private ChainRequest(Map<String, String> query) {
    this.query = Map.copyOf(query);
  }

  /** Calls, puts or both. */
  public enum ContractType {
    CALL,
    PUT,
    ALL
  }

  /** Schwab {@code strategy}. */
  public enum Strategy {
    SINGLE,
    /** With volatility, price and so on of one's own: see the {@code assuming} methods. */
    ANALYTICAL,
    COVERED,
    VERTICAL,
    CALENDAR,
    STRANGLE,
    STRADDLE,
    BUTTERFLY,
    CONDOR,
    DIAGONAL,
    COLLAR,
    ROLL
  }

  /** Where the strikes are: in, near or out of the money; strikes above, below, near the market. */
  public enum Range {
    ITM,
    NTM,
    OTM,
    SAK,
    SBK,
    SNK,
    ALL
  }

  /** Standard contracts, others, or both. */
  public enum OptionType {
    S,
    NS,
    ALL
  }

  /** Schwab {@code entitlement}: paying professional, non-paying, non-professional. */
  public enum Entitlement {
    PN,
    NP,
    PP
  }

  /**
   * The whole chain on this underlying, such as {@code SPY} or {@code $SPX}.
   *
   * @throws IllegalArgumentException when it cannot be a symbol
   */
  public static ChainRequest of(String symbol) {
    return new ChainRequest(Map.of("symbol", Symbols.checked(symbol)));
  }

  /** Calls or puts only. */
  public ChainRequest contractType(ContractType type) {
    return with("contractType", type.name());
  }

  /**
   * So many strikes above and below the money.
   *
   * @throws IllegalArgumentException unless it is 1 to 10,000
   */
  public ChainRequest strikeCount(int count) {
    if (count < 1 || count > 10_000) {
      throw new IllegalArgumentException("strikeCount " + count + ": 1 to 10000");
    }
    return with("strikeCount", Integer.toString(count));
  }

  /** With a quote of the underlying. */
  public ChainRequest withUnderlying() {
    return with("includeUnderlyingQuote", "true");
  }

  /** Spreads instead of single contracts. */
  public ChainRequest strategy(Strategy strategy) {
    ChainRequest other = with("strategy", strategy.name());
    other.checkAssumptions();
    return other;
  }

  /** The distance of strikes in a spread, in dollars. */
  public ChainRequest interval(BigDecimal dollars) {
    return with("interval", positive("interval", dollars));
  }

  /** One strike, in dollars. */
  public ChainRequest strike(BigDecimal dollars) {
    return with("strike", positive("strike", dollars));
  }

  public ChainRequest range(Range range) {
    return with("range", range.name());
  }

  /**
   * Expirations from one date to another, both included.
   *
   * @throws IllegalArgumentException when the first is after the last
   */
  public ChainRequest expirations(LocalDate from, LocalDate to) {
    if (from.isAfter(to)) {
      throw new IllegalArgumentException("fromDate " + from + " is after toDate " + to);
    }
    return with("fromDate", from.toString()).with("toDate", to.toString());
  }

  /** Expirations of this month, of whatever year. */
  public ChainRequest expirationMonth(Month month) {
    return with(
        "expMonth", month.getDisplayName(TextStyle.SHORT, Locale.ENGLISH).toUpperCase(Locale.ROOT));
  }

  public ChainRequest optionType(OptionType type) {
    return with("optionType", type.name());
  }

  public ChainRequest entitlement(Entitlement entitlement) {
    return with("entitlement", entitlement.name());
  }

  /** Values at this volatility (percent); makes the strategy {@code ANALYTICAL}. */
  public ChainRequest assumingVolatility(BigDecimal percent) {
    return assuming("volatility", positive("volatility", percent));
  }

  /** Values at this price of the underlying; makes the strategy {@code ANALYTICAL}. */
  public ChainRequest assumingUnderlyingPrice(BigDecimal dollars) {
    return assuming("underlyingPrice", positive("underlyingPrice", dollars));
  }

  /** Values at this interest rate (percent); makes the strategy {@code ANALYTICAL}. */
  public ChainRequest assumingInterestRate(BigDecimal percent) {
    return assuming("interestRate", percent.toPlainString());
  }

  /**
   * Values so many days before the end; makes the strategy {@code ANALYTICAL}.
   *
   * @throws IllegalArgumentException when it is below zero
   */
  public ChainRequest assumingDaysToExpiration(int days) {
    if (days < 0) {
      throw new IllegalArgumentException("daysToExpiration " + days + " is below zero");
    }
    return assuming("daysToExpiration", Integer.toString(days));
  }

  Map<String, String> query() {
    return query;
  }

  private ChainRequest assuming(String name, String value) {
    ChainRequest analytical = with("strategy", Strategy.ANALYTICAL.name()).with(name, value);
    if (!query.getOrDefault("strategy", Strategy.ANALYTICAL.name()).equals("ANALYTICAL")) {
      throw new IllegalArgumentException(
          name + " is for strategy ANALYTICAL alone, not for " + query.get("strategy"));
    }
    return analytical;
  }

  private void checkAssumptions() {
    for (String name :
        new String[] {"volatility", "underlyingPrice", "interestRate", "daysToExpiration"}) {
      if (query.containsKey(name) && !"ANALYTICAL".equals(query.get("strategy"))) {
        throw new IllegalArgumentException(
            name + " is for strategy ANALYTICAL alone, not for " + query.get("strategy"));
      }
    }
  }

  private ChainRequest with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(query);
    more.put(name, value);
    return new ChainRequest(more);
  }

  private static String positive(String name, BigDecimal value) {
    if (value.signum() <= 0) {
      throw new IllegalArgumentException(name + " " + value + " is not above zero");
    }
    return value.toPlainString();
  }

  @Override
  public String toString() {
    return "ChainRequest" + query;
  }
}
