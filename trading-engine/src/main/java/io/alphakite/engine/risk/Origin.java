package io.alphakite.engine.risk;

/** Who asked for an order. */
public enum Origin {
  PERSON,
  STRATEGY,
  /** The kill switch closing a position. */
  FLATTEN,
  /** Placed elsewhere by the account's owner and found at the broker. */
  EXTERNAL,
  /** An exit that came to the broker with its entry's order. */
  BRACKET
}
