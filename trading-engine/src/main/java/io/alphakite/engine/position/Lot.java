package io.alphakite.engine.position;

import java.math.BigDecimal;

/**
 * Units that were opened together, or what is left of them.
 *
 * @param quantity signed: negative is short; never 0
 * @param price dollars per share or contract unit, as filled
 */
public record Lot(long quantity, BigDecimal price) {

  public Lot {
    if (quantity == 0) {
      throw new IllegalArgumentException("An empty lot");
    }
  }

  boolean opposes(long signed) {
    return Long.signum(quantity) == -Long.signum(signed);
  }
}
