package io.alphakite.schwab.trader;

/** How long an order stands. Schwab {@code duration}, FIX TimeInForce(59). */
public sealed interface OrderDuration {

  /** As Schwab writes it. */
  String name();

  /** It waits for its price. */
  enum Resting implements OrderDuration {
    DAY,
    GOOD_TILL_CANCEL,
    END_OF_WEEK,
    END_OF_MONTH,
    NEXT_END_OF_MONTH
  }

  /** It is filled at once or not at all, which only a limit can ask for. */
  enum Immediate implements OrderDuration {
    /** All of it at once, or nothing. */
    FILL_OR_KILL,
    /** What can be had at once. */
    IMMEDIATE_OR_CANCEL
  }
}
