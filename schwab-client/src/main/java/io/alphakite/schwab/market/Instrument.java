package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.WireName;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Schwab knows a symbol as.
 *
 * @param assetType finer than in quotes: {@code ETF} here is EQUITY there
 * @param fundamentals empty unless asked for by {@link Projection#FUNDAMENTAL}; some 55 figures by
 *     Schwab's names, such as {@code peRatio}, {@code marketCap}, {@code sharesOutstanding}
 * @param fundamentalTexts what of them is no number: dates and the like
 */
public record Instrument(
    @Nullable String cusip,
    String symbol,
    @Nullable String description,
    @Nullable String exchange,
    @Nullable Coded<AssetType> assetType,
    Map<String, BigDecimal> fundamentals,
    Map<String, String> fundamentalTexts) {

  public Instrument {
    fundamentals = Map.copyOf(fundamentals);
    fundamentalTexts = Map.copyOf(fundamentalTexts);
  }

  /** One of the figures. */
  public Optional<BigDecimal> fundamental(String name) {
    return Optional.ofNullable(fundamentals.get(name));
  }

  /** Schwab {@code assetType} of instruments. */
  public enum AssetType {
    BOND,
    EQUITY,
    ETF,
    EXTENDED,
    FOREX,
    FUTURE,
    FUTURE_OPTION,
    FUNDAMENTAL,
    INDEX,
    INDICATOR,
    MUTUAL_FUND,
    OPTION,
    UNKNOWN
  }

  /** How to search, and how much to tell. */
  public enum Projection implements WireName {
    /** The symbol itself; several with commas. */
    SYMBOL_SEARCH("symbol-search"),
    /** A regular expression for symbols. */
    SYMBOL_REGEX("symbol-regex"),
    /** Words of the description. */
    DESC_SEARCH("desc-search"),
    /** A regular expression for descriptions. */
    DESC_REGEX("desc-regex"),
    /** Anything. */
    SEARCH("search"),
    /** The symbol itself, with its figures. */
    FUNDAMENTAL("fundamental");

    private final String wire;

    Projection(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }
}
