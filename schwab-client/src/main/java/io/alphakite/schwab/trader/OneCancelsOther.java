package io.alphakite.schwab.trader;

import org.jspecify.annotations.Nullable;

/**
 * Two resting orders of which the first to be filled cancels the other ({@code orderStrategyType}
 * OCO). Which is named first means nothing, and Schwab may give them back the other way round: two
 * that hold the same orders are equal. A short overlap, with both filled, cannot be excluded.
 */
public record OneCancelsOther(Child first, Child second)
    implements OrderRequest, FirstTriggers.Child {

  /** An order that can wait for the other's fill; a market order cannot. */
  public sealed interface Child extends SingleOrder
      permits LimitOrder, StopOrder, StopLimitOrder, TrailingStopOrder, VerticalOrder {

    /** How long it waits. */
    OrderDuration duration();
  }

  public OneCancelsOther {
    check(first);
    check(second);
  }

  private static void check(Child child) {
    if (child.duration() instanceof OrderDuration.Immediate immediate) {
      throw new IllegalArgumentException(
          immediate + " does not wait for the other order to be filled");
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OneCancelsOther(Child one, Child two)
        && ((first.equals(one) && second.equals(two)) || (first.equals(two) && second.equals(one)));
  }

  @Override
  public int hashCode() {
    return first.hashCode() + second.hashCode();
  }
}
