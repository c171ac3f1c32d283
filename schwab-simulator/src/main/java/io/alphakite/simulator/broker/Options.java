package io.alphakite.simulator.broker;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import java.math.BigDecimal;
import java.util.Optional;

/** What the symbols of options say. */
final class Options {
  private Options() {}

  /** Empty when the symbol is not an option's. */
  static Optional<OptionSymbol> of(String symbol) {
    if (symbol.length() != 21) {
      return Optional.empty();
    }
    try {
      return Optional.of(OptionSymbol.parse(symbol));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static boolean isCall(OptionSymbol option) {
    return option.type() == OptionType.CALL;
  }

  /** Dollars. */
  static BigDecimal strike(OptionSymbol option) {
    return option.strike().toBigDecimal();
  }
}
