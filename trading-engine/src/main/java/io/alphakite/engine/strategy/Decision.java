package io.alphakite.engine.strategy;

import io.alphakite.model.order.OrderTerms;

/** What the strategy does about a crossover. */
public sealed interface Decision {

  /** It asks for this order. */
  record Trade(OrderTerms order) implements Decision {}

  /** It is off, or there is nothing to do. */
  record Nothing() implements Decision {}

  /** It would trade, but may not now. */
  record Blocked() implements Decision {}
}
