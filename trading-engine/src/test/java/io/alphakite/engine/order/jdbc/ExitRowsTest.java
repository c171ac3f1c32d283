package io.alphakite.engine.order.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.PostgresBooks;
import io.alphakite.engine.order.Deadline;
import io.alphakite.engine.order.NewTrade;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.risk.Exposure;
import io.alphakite.engine.risk.Origin;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an exit's rows are not, against PostgreSQL: neither new risk nor something to send. */
class ExitRowsTest {

  private static final PostgresBooks BOOKS = new PostgresBooks();
  private static final Instant NOW = Instant.parse("2013-10-08T15:00:00Z");
  private static final Ticker SPY = Ticker.of("SPY");

  private final OrderStore store = BOOKS.open(1);
  private final OrderIntent entry =
      OrderIntent.adopted(
          new UUID(1, 1), new UUID(2, 1), OrderTerms.market(SPY, Side.BUY, 10), "1001", NOW);
  private final OrderIntent exit =
      OrderIntent.exit(new UUID(1, 2), new UUID(2, 2), stop("165.00"), "1002", NOW);

  private List<NewTrade> waiting() {
    return store.write(ledger -> ledger.newTrades(8));
  }

  @AfterAll
  static void drop() {
    BOOKS.close();
  }

  @BeforeEach
  void entryAndItsExit() {
    BOOKS.clear();
    store.write(
        ledger -> {
          ledger.insert(entry, NOW, NOW);
          ledger.update(entry.to(OrderState.CANCELED, null), "order.canceled", NOW);
          ledger.insertExit(exit, entry, ExitRole.STOP_LOSS, NOW, NOW);
          return exit;
        });
  }

  private static OrderTerms stop(String price) {
    return OrderTerms.equity(
        SPY, Side.SELL, 10, OrderType.STOP, null, Price.of(price), TimeInForce.GTC);
  }

  @Test
  void r18_exitThatWasReplacedElsewhereTakesNoBuyingPower() {
    OrderIntent wanted =
        OrderIntent.first(
            new UUID(1, 9),
            new UUID(2, 9),
            Origin.PERSON,
            OrderTerms.market(SPY, Side.BUY, 1),
            NOW,
            new Deadline(null, null));
    Exposure exposure =
        store.write(
            ledger -> {
              ledger.update(exit.to(OrderState.CANCELED, "replaced"), "order.replaced", NOW);
              ledger.insert(
                  exit.replacedBy(new UUID(1, 3), 2, stop("164.00"), "1003", NOW), NOW, NOW);
              return ledger.circumstances(wanted, NOW, NOW).exposure();
            });
    assertThat(exposure.reserved()).isZero();
    assertThat(exposure.openOrders()).isZero();
  }

  @Test
  void r18_exitIsNeverTakenForATradeToBeSent() {
    BOOKS.execute(
        """
        DELETE FROM engine.order_events;
        DELETE FROM engine.order_intents WHERE trade_id = '%1$s';
        UPDATE trades SET status = 'pending', source = 'manual' WHERE id = '%1$s'
        """
            .formatted(exit.tradeId()));
    assertThat(waiting()).isEmpty();
    // Any other such row would be.
    BOOKS.execute(
        "UPDATE trades SET parent_id = NULL, parent_order_id = NULL, role = NULL WHERE id = '%s'"
            .formatted(exit.tradeId()));
    assertThat(waiting()).hasSize(1);
  }
}
