package io.alphakite.engine.order;

import java.time.Instant;
import java.util.function.Function;

/** Where orders are written down. Each call of {@link #write} is one transaction. */
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

  /**
   * Asks what the next order's checks will ask, and forgets the answer. A database makes its plans
   * anew every so often, which takes longer than all else on an order's way.
   *
   * @param wallNow stands for the market's time too
   */
  default void rehearse(Instant wallNow) {}
}
