package io.alphakite.gateway.web;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Money or a quantity of our own as JSON carries it: a decimal string, exact, without exponent.
 *
 * <p>Prices of the market are JSON numbers instead; see {@link MarketNumber}.
 */
public record Decimal(@JsonValue String text) {
  private static final int CENTS = 2;

  /** Dollars: every decimal it has, and at least two. */
  public static Decimal money(BigDecimal dollars) {
    BigDecimal shortest = dollars.stripTrailingZeros();
    return new Decimal(shortest.setScale(Math.max(CENTS, shortest.scale())).toPlainString());
  }

  /** Dollars, or null for none. */
  public static @Nullable Decimal moneyOrNull(@Nullable BigDecimal dollars) {
    return dollars == null ? null : money(dollars);
  }

  /** A whole number of shares or contracts. */
  public static Decimal quantity(long quantity) {
    return new Decimal(Long.toString(quantity));
  }

  /** Reads what {@link #text} wrote. */
  @JsonCreator
  public static Decimal of(String text) {
    return new Decimal(new BigDecimal(text).toPlainString());
  }
}
