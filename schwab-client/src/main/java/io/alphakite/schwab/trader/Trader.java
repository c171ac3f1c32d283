package io.alphakite.schwab.trader;

import io.alphakite.schwab.http.SchwabException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Schwab's trader calls ({@code /trader/v1}). Safe for use by many threads; calls block. Reads are
 * repeated a few times when the failure is a passing one; an order is posted once, whatever
 * happens.
 */
public interface Trader {

  /**
   * The user's linked accounts. Read them at every start: a hash need not last for ever.
   *
   * @throws SchwabException when there is no answer to be had
   */
  List<AccountNumber> accountNumbers();

  /**
   * Who the user is to Schwab, and where the streamer is.
   *
   * @throws SchwabException when there is no answer to be had
   */
  UserPreference userPreference();

  /**
   * Money and positions of the account.
   *
   * @throws SchwabException when there is no answer to be had
   */
  AccountSnapshot account(AccountHash account);

  /**
   * Posts the order once, if its first byte can leave within two seconds. Never throws for an
   * outcome and never repeats, not even silently; takes at most about ten seconds.
   */
  default PlaceResult place(AccountHash account, OrderRequest order) {
    return place(account, order, () -> true);
  }

  /**
   * As {@link #place(AccountHash, OrderRequest)}, with a last look.
   *
   * @param gate asked when the connection stands and no byte is written yet; false means {@link
   *     PlaceResult.NotSent}
   */
  PlaceResult place(AccountHash account, OrderRequest order, BooleanSupplier gate);

  /**
   * The order as it is now; empty when Schwab does not know it (which may last a moment after it
   * was placed).
   *
   * @throws SchwabException when there is no answer to be had
   */
  Optional<BrokerOrder> order(AccountHash account, long orderId);

  /**
   * All orders entered in [from, to], oldest first, each id once.
   *
   * @throws SchwabException when there is no complete answer to be had
   */
  List<BrokerOrder> orders(AccountHash account, Instant from, Instant to);

  /** Asks Schwab to cancel. Never throws for an outcome. */
  CancelResult cancel(AccountHash account, long orderId);
}
