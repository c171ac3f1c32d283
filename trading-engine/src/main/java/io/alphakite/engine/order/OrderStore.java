package io.alphakite.engine.order;

import java.util.function.Function;

/**
 * Where orders are written down. Each call is one transaction, and none begins within another: what
 * that has written may be out of sight until it ends.
 */
public interface OrderStore {

  /**
   * Runs the work in one durable transaction, alone for the account: no other write of this or
   * another engine overlaps.
   *
   * @return what the work returned, after it was committed
   * @throws EngineSupersededException when another engine has taken the account over
   */
  <T> T write(Function<Ledger, T> work);

  /** Looks without changing anything. */
  <T> T read(Function<Ledger, T> work);
}
