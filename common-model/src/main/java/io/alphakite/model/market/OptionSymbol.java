package io.alphakite.model.market;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The 21 characters that name a listed option: root (6, padded with blanks), expiration (yymmdd), C
 * or P, strike in thousandths of a dollar (8 digits), such as {@code "QQQ 251107C00610000"}.
 *
 * <p>The root is usually the underlying's symbol, but not always: {@code SPXW} options are on
 * {@code $SPX}, and after a corporate action the root gets a digit. Years are 2000 to 2099. Source:
 * the OCC's Options Symbology Initiative.
 *
 * @param root 1 to 6 capitals or digits
 * @param strike above 0, at most $99,999.999, three decimals
 */
public record OptionSymbol(String root, LocalDate expiration, OptionType type, Price strike) {

  private static final Pattern ROOT = Pattern.compile("[A-Z][A-Z0-9]{0,5}");
  private static final Pattern SYMBOL =
      Pattern.compile("(?=.{21}$)([A-Z][A-Z0-9]{0,5}) {0,5}(\\d{2})(\\d{2})(\\d{2})([CP])(\\d{8})");
  private static final int CENTURY = 2000;
  private static final long E4_PER_THOUSANDTH = 10;
  private static final long STRIKE_LIMIT_E4 = 100_000_000L * E4_PER_THOUSANDTH;

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when a part cannot be written in its place
   */
  public OptionSymbol {
    if (!ROOT.matcher(root).matches()) {
      throw new IllegalArgumentException("Not an option root: \"" + root + '"');
    }
    if (expiration.getYear() < CENTURY || expiration.getYear() >= CENTURY + 100) {
      throw new IllegalArgumentException("Expiration outside 2000-2099: " + expiration);
    }
    if (strike.e4() <= 0
        || strike.e4() >= STRIKE_LIMIT_E4
        || strike.e4() % E4_PER_THOUSANDTH != 0) {
      throw new IllegalArgumentException("Not a strike of a listed option: " + strike);
    }
  }

  /**
   * Reads the 21 characters.
   *
   * @throws IllegalArgumentException when the text is not such a symbol
   */
  public static OptionSymbol parse(String symbol) {
    Matcher parts = SYMBOL.matcher(symbol);
    if (!parts.matches()) {
      throw new IllegalArgumentException("Not an option symbol: \"" + symbol + '"');
    }
    try {
      return new OptionSymbol(
          parts.group(1),
          LocalDate.of(
              CENTURY + Integer.parseInt(parts.group(2)),
              Integer.parseInt(parts.group(3)),
              Integer.parseInt(parts.group(4))),
          parts.group(5).equals("C") ? OptionType.CALL : OptionType.PUT,
          new Price(Long.parseLong(parts.group(6)) * E4_PER_THOUSANDTH));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("Not an option symbol: \"" + symbol + '"', e);
    }
  }

  /** The 21 characters. */
  public String format() {
    return String.format(
        Locale.ROOT,
        "%-6s%02d%02d%02d%c%08d",
        root,
        expiration.getYear() % 100,
        expiration.getMonthValue(),
        expiration.getDayOfMonth(),
        type == OptionType.CALL ? 'C' : 'P',
        strike.e4() / E4_PER_THOUSANDTH);
  }

  @Override
  public String toString() {
    return format();
  }
}
