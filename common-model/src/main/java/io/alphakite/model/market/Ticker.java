package io.alphakite.model.market;

import java.util.regex.Pattern;

/**
 * The symbol of a stock, fund or index, in capitals: {@code SPY}, {@code BRK.B}, {@code BRK/B},
 * {@code $SPX}.
 *
 * <p>At most 16 characters. An index carries a leading dollar sign, as Schwab writes it.
 */
public record Ticker(String symbol) implements Comparable<Ticker> {

  private static final Pattern EQUITY = Pattern.compile("[A-Z][A-Z0-9]{0,9}([./-][A-Z0-9]{1,4})?");
  private static final Pattern INDEX = Pattern.compile("\\$[A-Z][A-Z0-9]{0,9}(\\.[A-Z0-9]{1,4})?");

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when the symbol is not written as above; lower case is an
   *     error, not corrected, because two spellings of one ticker would be two tickers elsewhere
   */
  public Ticker {
    if (!EQUITY.matcher(symbol).matches() && !INDEX.matcher(symbol).matches()) {
      throw new IllegalArgumentException("Not a ticker: \"" + symbol + '"');
    }
  }

  /** The ticker with this symbol, blanks around it removed. */
  public static Ticker of(String symbol) {
    return new Ticker(symbol.strip());
  }

  /** Whether this names an index, which is quoted but has no volume of its own. */
  public boolean isIndex() {
    return symbol.charAt(0) == '$';
  }

  @Override
  public int compareTo(Ticker other) {
    return symbol.compareTo(other.symbol);
  }

  @Override
  public String toString() {
    return symbol;
  }
}
