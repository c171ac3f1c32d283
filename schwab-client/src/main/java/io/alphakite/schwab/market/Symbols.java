package io.alphakite.schwab.market;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/** What may stand where a symbol is asked for. */
final class Symbols {

  /** Equities, {@code $SPX}, {@code ABC/B}, 21 characters of an option, {@code /ESZ26}, pairs. */
  private static final Pattern SYMBOL = Pattern.compile("[A-Za-z0-9$./][A-Za-z0-9$./ ^:+_-]{0,39}");

  private Symbols() {}

  /**
   * The symbol itself.
   *
   * @throws IllegalArgumentException when no symbol is written like this; a comma would make two of
   *     one
   */
  static String checked(String symbol) {
    if (!SYMBOL.matcher(symbol).matches() || symbol.isBlank()) {
      throw new IllegalArgumentException(
          "Not a symbol: \"" + symbol + "\" (letters, digits, $ . / - and blanks, at most 40)");
    }
    return symbol;
  }

  /** Each once, in their order. */
  static List<String> checked(Collection<String> symbols) {
    symbols.forEach(Symbols::checked);
    return List.copyOf(new LinkedHashSet<>(symbols));
  }

  /** Whether it can stand in a path: one with a slash or of dots alone cannot. */
  static boolean fitsPath(String symbol) {
    return !symbol.contains("/") && !symbol.matches("\\.+");
  }
}
