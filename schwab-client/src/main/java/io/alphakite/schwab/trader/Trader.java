package io.alphakite.schwab.trader;

import io.alphakite.schwab.http.SchwabException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Schwab's trader calls ({@code /trader/v1}). Safe for use by many threads; calls block. Reads are
 * repeated a few times when the failure is a passing one; an order is sent once, whatever happens.
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
  default AccountSnapshot account(AccountHash account) {
    return account(account, AccountFields.BALANCES_AND_POSITIONS);
  }

  /**
   * The account.
   *
   * @throws SchwabException when there is no answer to be had
   */
  AccountSnapshot account(AccountHash account, AccountFields fields);

  /**
   * All linked accounts.
   *
   * @throws SchwabException when there is no complete answer to be had
   */
  List<AccountSnapshot> accounts(AccountFields fields);

  /** Asks what would become of the order. Never throws for an outcome. */
  PreviewResult preview(AccountHash account, OrderRequest order);

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
   * Puts an order in another's place, sent once as {@link #place} is. {@link PlaceResult.Accepted}
   * has the new order's id; the old one ends as REPLACED, and may fill until it does. Not sent, or
   * refused, the old one stands. In doubt look at the old one and, once that is REPLACED, for a new
   * one with this content.
   *
   * @param order all of it, not only what changes
   */
  default PlaceResult replace(AccountHash account, long orderId, OrderRequest order) {
    return replace(account, orderId, order, () -> true);
  }

  /** As {@link #replace(AccountHash, long, OrderRequest)}, with a last look. */
  PlaceResult replace(AccountHash account, long orderId, OrderRequest order, BooleanSupplier gate);

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
  default List<BrokerOrder> orders(AccountHash account, Instant from, Instant to) {
    return orders(account, OrderQuery.entered(from, to));
  }

  /**
   * The account's orders that the query asks for, oldest first, each id once, children under their
   * parents.
   *
   * @throws SchwabException when there is no complete answer to be had
   */
  List<BrokerOrder> orders(AccountHash account, OrderQuery query);

  /**
   * As {@link #orders(AccountHash, OrderQuery)}, over all linked accounts, and of the last 60 days
   * only.
   *
   * @throws IllegalArgumentException when the query spans more than 60 days
   * @throws SchwabException when there is no complete answer to be had, for instance because the
   *     query begins too early
   */
  List<BrokerOrder> orders(OrderQuery query);

  /** Asks Schwab to cancel, once: never again by itself. Never throws for an outcome. */
  CancelResult cancel(AccountHash account, long orderId);

  /**
   * The account's transactions that the query asks for, as Schwab orders them.
   *
   * @throws SchwabException when there is no complete answer to be had
   */
  List<Transaction> transactions(AccountHash account, TransactionQuery query);

  /**
   * One transaction; empty when Schwab does not know it.
   *
   * @throws SchwabException when there is no answer to be had
   */
  Optional<Transaction> transaction(AccountHash account, long transactionId);
}
