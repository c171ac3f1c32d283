package io.alphakite.simulator.market.option;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.market.Listing;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;

/**
 * A listed option: who it is, never what it costs. American exercise, physically settled, 100
 * shares.
 *
 * @param symbol the 21 characters
 * @param underlying what it is on
 * @param cycle why it expires then
 * @param expires the moment it does: the close of the exchange on its last day
 * @param increment in which steps it is quoted and ordered
 * @param pennyPilot Schwab's word for quoted in cents
 */
public record OptionContract(
    OptionSymbol symbol,
    Listing underlying,
    ExpirationCycle cycle,
    Instant expires,
    PriceIncrement increment,
    boolean pennyPilot) {

  /** Shares a contract delivers. */
  public static final int MULTIPLIER = 100;

  /** What makes an expiration, with Schwab's letter for it. */
  public enum ExpirationCycle {
    STANDARD('S'),
    WEEKLY('W'),
    QUARTERLY('Q');

    private final char letter;

    ExpirationCycle(char letter) {
      this.letter = letter;
    }

    /** Schwab {@code expirationType}. */
    public char letter() {
      return letter;
    }
  }

  /** The 21 characters, as clients write them. */
  public String key() {
    return symbol.format();
  }

  /** An option's identifier beside its symbol, the same wherever it is shown; an invented one. */
  public static String cusip(OptionSymbol symbol) {
    return "0" + symbol.root() + "." + symbol.format().substring(6);
  }

  public LocalDate expiration() {
    return symbol.expiration();
  }

  public OptionType type() {
    return symbol.type();
  }

  public boolean isCall() {
    return symbol.type() == OptionType.CALL;
  }

  public long strikeE4() {
    return symbol.strike().e4();
  }

  /** As Schwab writes it: {@code ABC 03/20/2026 50.00 C}. */
  public String description() {
    return String.format(
        Locale.ROOT,
        "%s %02d/%02d/%04d %s %s",
        symbol.root(),
        expiration().getMonthValue(),
        expiration().getDayOfMonth(),
        expiration().getYear(),
        symbol.strike(),
        isCall() ? "C" : "P");
  }

  /** What exercising now would bring, at least 0. */
  public long intrinsicE4(long underlyingE4) {
    return Math.max(0, isCall() ? underlyingE4 - strikeE4() : strikeE4() - underlyingE4);
  }
}
