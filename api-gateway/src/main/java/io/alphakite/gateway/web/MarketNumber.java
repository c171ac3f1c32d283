package io.alphakite.gateway.web;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Prices of the market as JSON carries them: numbers with their exact decimals. */
public final class MarketNumber {
  private static final int CENTS = 2;

  private MarketNumber() {}

  /**
   * A price with every decimal it has, and at least two: {@code 600.12}, {@code 17.0950}'s 17.095.
   */
  public static @Nullable BigDecimal price(@Nullable BigDecimal stored) {
    if (stored == null) {
      return null;
    }
    BigDecimal shortest = stored.stripTrailingZeros();
    return shortest.setScale(Math.max(CENTS, shortest.scale()));
  }

  /** A ratio such as a delta, with every decimal it has. */
  public static @Nullable BigDecimal ratio(@Nullable BigDecimal stored) {
    if (stored == null) {
      return null;
    }
    BigDecimal shortest = stored.stripTrailingZeros();
    return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
  }
}
