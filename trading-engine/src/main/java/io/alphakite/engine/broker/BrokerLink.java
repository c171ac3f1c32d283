package io.alphakite.engine.broker;

import java.util.function.BooleanSupplier;

/**
 * A broker that answered, and the account traded in.
 *
 * @param name the adapter: {@code paper}, {@code simulator} or {@code schwab}
 * @param accountId our own name of the account, never its number: {@code paper}, {@code
 *     simulator:5678}
 * @param accountSuffix the last four of the account's number
 * @param local whether the broker runs beside us, so that asking it often costs nobody anything
 * @param marketMoved to be run when quotes changed; false when nothing came of it
 */
public record BrokerLink(
    String name,
    String accountId,
    String accountSuffix,
    boolean local,
    Broker broker,
    BooleanSupplier marketMoved) {

  /** Whether no real money can move. */
  public boolean simulated() {
    return !name.equals("schwab");
  }
}
