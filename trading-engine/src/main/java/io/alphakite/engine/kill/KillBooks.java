package io.alphakite.engine.kill;

import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the kill switch reads and writes; each call is one transaction. */
public interface KillBooks {

  /** After that a kill goes on without them: it has to end while there is time to close. */
  Duration EXITS_AWAITED = Duration.ofSeconds(30);

  /** An order to stop, by a person. */
  record Command(long id, boolean flatten) {}

  /** Commands that are not done, oldest first. */
  List<Command> undone();

  /**
   * Asks for a cancel of every open order of ours; returns of how many. The halt came with the
   * command, in its transaction: halting again here would undo a person's resume that was quicker
   * than the engine.
   */
  int cancelAll(String accountId);

  /**
   * Asks for a cancel of exits that came to be known after {@link #cancelAll}, of entries from
   * before the newest kill: while that is under way, and for as long as trading is halted.
   */
  void cancelExits(String accountId);

  /**
   * Orders of ours that may still fill, those of unknown fate included, and entries whose exits the
   * broker has not all shown yet, within {@link #EXITS_AWAITED} of their sending.
   */
  int openOrders(String accountId);

  /** What is held. */
  List<PositionKeeper.Held> held(String accountId);

  /**
   * Units of the instrument that open orders placed elsewhere may still sell, or buy: a kill does
   * not cancel those.
   */
  long elsewhere(String accountId, String symbol, boolean selling);

  /** The bid (when selling) or ask now; null when there is none. */
  @Nullable Price quoted(Ticker ticker, boolean selling);

  /** Whether closing orders were already asked for. */
  boolean flattening(long command);

  /**
   * Asks for all closing orders at once: none is left out because the engine stopped in between.
   */
  void close(long command, List<OrderTerms> orders);

  /** Marks the command done. */
  void done(long command, String outcome);
}
