package io.alphakite.engine.broker;

import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A broker that answered, and the account traded in.
 *
 * @param name the adapter's, such as {@code paper}, {@code simulator} or {@code schwab}
 * @param accountId our own name of the account, never its number: {@code paper}, {@code
 *     simulator:5678}
 * @param accountSuffix the last four of the account's number
 * @param local whether the broker runs beside us, so that asking it often costs nobody anything
 * @param marketMoved to be run when quotes changed, where our quotes are the broker's market; false
 *     when nothing came of it. {@link #ELSEWHERE} where they are not
 */
public record BrokerLink(
    String name,
    String accountId,
    String accountSuffix,
    boolean local,
    Broker broker,
    BooleanSupplier marketMoved) {

  /** The market is the broker's own. */
  public static final BooleanSupplier ELSEWHERE = () -> false;

  private static final Set<String> SIMULATED = Set.of("paper", "simulator");

  /** Whether no real money can move: not where an adapter is not known to be without. */
  public boolean simulated() {
    return SIMULATED.contains(name);
  }

  /** Whether our quotes are the broker's market. */
  public boolean fillsByOurQuotes() {
    return marketMoved != ELSEWHERE;
  }
}
