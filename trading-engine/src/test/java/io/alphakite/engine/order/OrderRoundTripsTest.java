package io.alphakite.engine.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.PostgresBooks;
import io.alphakite.engine.control.HaltFlag;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.engine.risk.RiskLimits;
import io.alphakite.model.calendar.MarketCalendar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often an order's way goes to the database: each time costs it a round trip. */
class OrderRoundTripsTest {

  private static final PostgresBooks BOOKS = new PostgresBooks();
  private static final Instant NOW = Instant.parse("2013-10-08T15:00:00Z");

  private final EngineClock clock =
      new EngineClock() {
        @Override
        public Instant wall() {
          return NOW;
        }

        @Override
        public Instant market() {
          return NOW;
        }

        @Override
        public long nanos() {
          return 0;
        }
      };
  private final FakeBroker broker = new FakeBroker(clock::wall);
  private final List<Runnable> sendings = new ArrayList<>();
  private final OrderStore store = BOOKS.open(1);
  private final Reconciler reconciler =
      new Reconciler(store, broker, clock, UUID::randomUUID, CrashPoints.NONE);
  private final OrderDesk desk =
      new OrderDesk(
          store,
          broker,
          reconciler,
          () -> {},
          new RiskGate(RiskLimits.defaults()),
          HaltFlag.NONE,
          MarketCalendar.nyse(),
          clock,
          UUID::randomUUID,
          sendings::add,
          CrashPoints.NONE);

  @AfterAll
  static void drop() {
    BOOKS.close();
  }

  @BeforeEach
  void begin() {
    BOOKS.clear();
    BOOKS.execute(
        """
        INSERT INTO tickers (ticker, streamed) VALUES ('SPY', true), ('IBM', true);
        INSERT INTO quotes (ticker, bid, ask, last, quote_time, received_at)
        SELECT unnest(ARRAY['SPY', 'IBM']), 167.39, 167.41, 167.40, '2013-10-08T15:00:00Z', now();
        """);
    reconciler.poll();
    desk.work();
    BOOKS.statements().take();
  }

  @Test
  void fourStatementsAndOneCommitLeadFromATradeToItsSending() {
    ask("SPY");
    desk.work();
    assertThat(sendings).hasSize(1);
    List<String> all = BOOKS.statements().take();
    List<String> before = all.subList(0, all.indexOf("COMMIT") + 1);
    assertThat(before).as(() -> String.join("\n", before)).hasSizeLessThanOrEqualTo(5);
    assertThat(broker.posts()).isZero();
    sendings.forEach(Runnable::run);
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void tradesThatComeTogetherShareTheCommit() {
    ask("SPY");
    ask("IBM");
    desk.work();
    assertThat(sendings).hasSize(2);
    List<String> all = BOOKS.statements().take();
    assertThat(all.subList(0, all.indexOf("COMMIT") + 1)).hasSizeLessThanOrEqualTo(7);
  }

  /** What goes together is all there, step by step, on each row as if it had gone alone. */
  @Test
  void stepsThatGoTogetherAreWrittenOneByOne() {
    ask("SPY");
    ask("XOM");
    ask("IBM");
    desk.work();
    assertThat(sendings).hasSize(2);
    assertThat(
            BOOKS
                .jdbc()
                .sql(
                    """
                    SELECT t.ticker || ' ' || t.status || ' ' || (t.market_time = t.created_at) || ' ' || i.state || ': '
                        || (SELECT string_agg(e.event || ' ' || e.state, ', ' ORDER BY e.id)
                            FROM engine.order_events e WHERE e.intent_id = i.id)
                    FROM trades t JOIN engine.order_intents i ON i.trade_id = t.id ORDER BY t.ticker
                    """)
                .query(String.class)
                .list())
        .containsExactly(
            "IBM submitting true SENDING:"
                + " order.new NEW, order.approved APPROVED, order.sending SENDING",
            "SPY submitting true SENDING:"
                + " order.new NEW, order.approved APPROVED, order.sending SENDING",
            "XOM rejected true DENIED: order.new NEW, order.denied DENIED");
  }

  @Test
  void whatWasSentIsReadByItselfUnlessOnlyAListingTells() {
    ask("SPY");
    desk.work();
    sendings.removeFirst().run();
    int listings = broker.listings();
    assertThat(reconciler.lookAtSent()).contains(new Reconciler.Looked(false, true));
    String id =
        store.read(ledger -> ledger.inStates(OrderState.AT_BROKER)).getFirst().brokerOrderId();
    broker.fill(Objects.requireNonNull(id), 1, "167.41");
    assertThat(reconciler.lookAtSent()).contains(new Reconciler.Looked(true, false));
    assertThat(reconciler.lookAtSent()).contains(new Reconciler.Looked(false, false));
    assertThat(broker.listings()).isEqualTo(listings);

    broker.next(FakeBroker.Fault.LOST_AFTER);
    ask("IBM");
    desk.work();
    sendings.removeFirst().run();
    assertThat(reconciler.lookAtSent()).isEmpty();
  }

  /** Each plan takes longer than the statement, and a connection has few orders in its life. */
  @Test
  void firstOrderOfAConnectionTakesNoPlansOfItsOwn() {
    ask("SPY");
    desk.work();
    assertThat(
            BOOKS
                .jdbc()
                .sql(
                    "SELECT sum(custom_plans) FILTER (WHERE statement LIKE 'WITH %')"
                        + " || ' own, all of the kept ones used: ' || (min(generic_plans) FILTER"
                        + " (WHERE statement LIKE 'WITH %') > 0) FROM pg_prepared_statements")
                .query(String.class)
                .single())
        .isEqualTo("0 own, all of the kept ones used: true");
  }

  @Test
  void readNothingWholeHoweverManyOrdersThereWere() {
    BOOKS.filledAndAnalyzed(20_000, NOW);
    readNothingWhole(20_000);
  }

  /** The database looks at their statistics after some 10,000 changes. */
  @Test
  void readNothingWholeBeforeThereAreStatistics() {
    BOOKS.filledBefore(9_000, NOW);
    readNothingWhole(9_000);
  }

  /** A plan is kept for as long as its connection. */
  @Test
  void readNothingWholeWithPlansMadeWhileThereWasNothing() {
    ask("SPY");
    desk.work();
    BOOKS.filledBefore(9_000, NOW);
    readNothingWhole(9_000);
  }

  private void readNothingWhole(int rows) {
    ask("SPY");
    desk.work();
    Map<String, Long> before = BOOKS.rowsRead();
    for (int i = 0; i < 12; i++) {
      ask(i % 2 == 0 ? "SPY" : "IBM");
      desk.work();
      sendings.forEach(Runnable::run);
      sendings.clear();
      reconciler.poll();
    }
    assertThat(broker.posts()).isGreaterThan(5);
    assertThat(BOOKS.rowsRead())
        .allSatisfy(
            (by, read) -> assertThat(read - before.getOrDefault(by, 0L)).as(by).isLessThan(rows));
  }

  private static void ask(String ticker) {
    BOOKS.execute(
        "INSERT INTO trades (id, ticker, side, quantity, order_type, source, created_at) VALUES ('"
            + UUID.randomUUID()
            + "', '"
            + ticker
            + "', 'buy', 1, 'market', 'manual', '"
            + NOW
            + "')");
  }
}
