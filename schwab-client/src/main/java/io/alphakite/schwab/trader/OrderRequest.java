package io.alphakite.schwab.trader;

/**
 * An order to be placed, previewed or put in another's place. {@link Orders} makes them.
 *
 * <p>What Schwab would refuse for its shape cannot be said: most of it has no type, the rest is an
 * {@link IllegalArgumentException} that names the rule. What depends on the market or the account
 * (buying power, a stop on the wrong side, an option class's price steps) only Schwab can tell.
 */
public sealed interface OrderRequest permits SingleOrder, OneCancelsOther, FirstTriggers {

  /** As it is sent: Schwab's JSON, without an account. */
  default String json() {
    return OrderJson.write(this);
  }
}
