package io.alphakite.engine.order;

import io.alphakite.engine.broker.Execution;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The books of one account, open within a transaction of {@link OrderStore}. Whoever reads sees
 * what was written before; what cannot be written is refused when it is read, or when the
 * transaction ends, at the latest. A transaction in which something was refused is undone whole.
 */
public interface Ledger {

  /** Trades that nobody has taken in yet, oldest first, at most this many; locked. */
  List<NewTrade> newTrades(int limit);

  /**
   * Changes of working orders that nobody has taken in yet, oldest first, at most this many;
   * locked.
   */
  List<OrderChange> newChanges(int limit);

  /** Writes the attempt down that a change asks for. */
  void takeChange(UUID change, OrderIntent attempt, Instant wallNow, Instant marketNow);

  /**
   * What the change asked for that this attempt is to make, in units of the whole trade; null where
   * it left the quantity as it was, or the attempt is of no change.
   */
  @Nullable Long quantityWanted(UUID attempt);

  /** Says why nothing is attempted about a change. */
  void refuseChange(UUID change, String reason);

  /** The attempt. */
  OrderIntent intent(UUID id);

  /** The attempts of a trade, in their order. */
  List<OrderIntent> attempts(UUID tradeId);

  /** The attempts in these states, oldest first. */
  List<OrderIntent> inStates(Collection<OrderState> states);

  /** The attempt that owns this broker order. */
  Optional<OrderIntent> owner(String brokerOrderId);

  /** Those of the broker's order ids that belong to an order we know. */
  Set<String> known(Collection<String> brokerOrderIds);

  /**
   * Whether this order was over when the account was first taken over: the positions taken over
   * then contain it, and it is not followed.
   */
  boolean history(String brokerOrderId);

  /** Writes down that the account is taken over, and which orders were over by then. */
  void takenOver(Collection<String> historyOrderIds, Instant wallNow);

  /** The attempts at the broker whose trades somebody asked to cancel. */
  List<OrderIntent> cancelsWanted();

  /** Whether somebody asked for a cancel of the trade. */
  boolean cancelRequested(UUID tradeId);

  /**
   * What there is to know for a decision about this order, whether it is written down yet or not.
   */
  Circumstances circumstances(OrderIntent intent, Instant wallNow, Instant marketNow);

  /**
   * Writes a new attempt down: with the trade row of an order placed elsewhere if it is one, and
   * with the new terms on the trade's row if it replaces another.
   */
  void insert(OrderIntent intent, Instant wallNow, Instant marketNow);

  /**
   * Writes a changed attempt down, with what happened, and shows it on the trade.
   *
   * @param event what happened, in a stable dotted name
   */
  default void update(OrderIntent intent, String event, Instant wallNow) {
    update(intent, event, Map.of(), wallNow);
  }

  /**
   * The same, with what it rests on.
   *
   * @param facts texts, numbers, truth values, lists and maps of these; empty for none
   */
  void update(OrderIntent intent, String event, Map<String, Object> facts, Instant wallNow);

  /** What people decided about orders of unknown fate and nobody has answered, oldest first. */
  List<Resolution> resolutionsWanted();

  /**
   * Answers a person's decision.
   *
   * @param text what was done, or why not
   */
  void answer(UUID resolutionId, boolean accepted, String text, Instant wallNow);

  /**
   * Writes a fill down, with what it does to position and profit.
   *
   * @param history whether the positions taken over already contain it: then it does nothing
   * @return false when it is already known
   */
  boolean fill(OrderIntent intent, Execution execution, Instant marketNow, boolean history);

  /** The trades of the exits that the broker has shown of an entry's order, by what each is for. */
  Map<ExitRole, UUID> exits(OrderIntent entry);

  /** Writes an exit down that the broker shows, with a trade of its own that names its entry's. */
  void insertExit(
      OrderIntent exit, OrderIntent entry, ExitRole role, Instant wallNow, Instant marketNow);

  /** Signed quantity held of the instrument. */
  long position(OrderTerms terms);

  /**
   * The entries' orders of which something has filled, of trades whose exits may have something
   * left to close, and those that are over and have an exit at the broker; oldest trade first.
   */
  List<WatchedBracket> brackets();

  /**
   * Marks an entry by what its exits come to. What a person accepted before counts no more.
   *
   * @param unprotected what is missing of them; null where nothing is
   * @param over nothing is left for them to close
   */
  void protection(UUID entryTrade, @Nullable String unprotected, boolean over, Instant wallNow);

  /** Asks for a cancel of the trade; nothing where it is over, or that was asked for before. */
  void requestCancel(UUID tradeId);

  /** Refuses what a trade asks for where it cannot even be written down as an order. */
  void reject(UUID tradeId, String reason);

  /** Lets nothing but reductions through from now on. */
  void reduceOnly(String reason);
}
