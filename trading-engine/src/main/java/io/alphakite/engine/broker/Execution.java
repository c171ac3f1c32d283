package io.alphakite.engine.broker;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * One fill of an order.
 *
 * @param id tells repeated reports of the same fill apart, within its order
 * @param price dollars per share or contract unit, as exact as the broker states it
 * @param fees dollars
 * @param at by the broker's clock
 */
public record Execution(String id, long quantity, BigDecimal price, BigDecimal fees, Instant at) {

  public Execution {
    if (quantity <= 0 || price.signum() < 0) {
      throw new IllegalArgumentException("Not a fill: " + quantity + " at " + price);
    }
  }
}
