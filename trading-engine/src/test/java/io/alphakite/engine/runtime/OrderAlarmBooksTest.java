package io.alphakite.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.PostgresBooks;
import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.order.BracketWatch;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import io.alphakite.platform.alert.AlertBook;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alarms of what stands in the tables, in a real database. */
class OrderAlarmBooksTest {

  private static final PostgresBooks BOOKS = new PostgresBooks();
  private static final Instant NOW = Instant.parse("2026-01-05T15:00:00Z");

  private final OrderStore store = BOOKS.open(1);
  private final JdbcDifferences differences = new JdbcDifferences(BOOKS.jdbc());
  private final OrderAlarms alarms =
      new OrderAlarms(
          BOOKS.jdbc(), new AlertBook(BOOKS.jdbc(), "trading-engine", Duration.ZERO), List::of);

  @BeforeEach
  void begin() {
    BOOKS.clear();
    BOOKS.execute("TRUNCATE alerts");
  }

  @AfterAll
  static void drop() {
    BOOKS.close();
  }

  @Test
  void g5_differenceFromTheBrokerIsToldAfterThirtySecondsUntilItIsGone() {
    assertThat(differences.add(PostgresBooks.ACCOUNT, "SPY", 10, 0, NOW)).isTrue();
    assertThat(differences.add("other", "IBM", 10, 0, NOW)).isTrue();
    assertThat(told(NOW.plusSeconds(29))).isEmpty();
    assertThat(told(NOW.plusSeconds(30)))
        .containsExactly("position_mismatch critical SPY The broker holds 0 SPY, we have 10.");

    // A stop of ours for what is not there any more.
    follow("1003", Ticker.of("SPY"), null, Side.SELL);
    follow("1004", Ticker.of("SPY"), null, Side.BUY);
    follow("1005", Ticker.of("IBM"), null, Side.SELL);
    assertThat(differences.add(PostgresBooks.ACCOUNT, "SPY", 10, 0, NOW.plusSeconds(31))).isFalse();
    assertThat(told(NOW.plusSeconds(31)))
        .containsExactly(
            "position_mismatch critical SPY The broker holds 0 SPY, we have 10; these close it if"
                + " they trade: 1003.");

    // What differs by another number says so, and is as old as it was.
    assertThat(differences.add(PostgresBooks.ACCOUNT, "SPY", 10, 4, NOW.plusSeconds(40))).isTrue();
    assertThat(told(NOW.plusSeconds(40)).getFirst()).contains("The broker holds 4 SPY, we have 10");

    differences.keepOnly(PostgresBooks.ACCOUNT, List.of());
    assertThat(told(NOW.plusSeconds(41))).isEmpty();
  }

  @Test
  void readNothingWholeHoweverManyOrdersThereWere() {
    BOOKS.filledAndAnalyzed(20_000, NOW);
    Map<String, Long> before = BOOKS.rowsRead();
    for (int i = 0; i < 8; i++) {
      assertThat(told(NOW.plusSeconds(i))).isEmpty();
    }
    assertThat(BOOKS.rowsRead())
        .allSatisfy(
            (by, read) -> assertThat(read - before.getOrDefault(by, 0L)).as(by).isLessThan(20_000));
  }

  @Test
  void g5_differencesOfATickersSharesAndOptionsAreOneAlarm() {
    OptionSymbol call = OptionSymbol.parse("SPY   260116C00700000");
    differences.add(PostgresBooks.ACCOUNT, "SPY", 0, -10, NOW);
    differences.add(PostgresBooks.ACCOUNT, call.format(), 2, 1, NOW);
    follow("1006", Ticker.of("SPY"), call, Side.SELL_TO_CLOSE);
    assertThat(told(NOW.plusSeconds(30)))
        .containsExactly(
            "position_mismatch critical SPY The broker holds -10 SPY, we have 0. The broker holds"
                + " 1 SPY   260116C00700000, we have 2; these close it if they trade: 1006.");
  }

  @Test
  void r18_ordersThatCloseMoreThanIsHeldAreToldWhileTheyWork() {
    OrderIntent one = follow("1007", Ticker.of("SPY"), null, Side.SELL);
    follow("1008", Ticker.of("SPY"), null, Side.SELL);
    String detail = BracketWatch.OVERSELLS + "Working orders would sell 14 SPY where 10 are held";
    store.write(
        ledger -> {
          ledger.update(one.to(one.state(), detail), "order.oversells", NOW);
          return one;
        });
    assertThat(told(NOW))
        .containsExactly(
            "exits_exceed_position critical SPY Working orders would sell 14 SPY where 10 are"
                + " held.");
    store.write(
        ledger -> {
          ledger.update(one.to(OrderState.CANCELED, detail), "order.canceled", NOW);
          return one;
        });
    assertThat(told(NOW)).isEmpty();
  }

  @Test
  void r17_orderThatFilledWhileItWasChangedIsToldForAnHour() {
    OrderIntent one = follow("1009", Ticker.of("SPY"), null, Side.SELL);
    store.write(
        ledger -> {
          ledger.update(one, "order.change_overfills", Map.of("excess", 4L), NOW);
          return one;
        });
    assertThat(told(NOW.plusSeconds(5)))
        .containsExactly(
            "change_overfills critical SPY An order filled while it was changed: sell SPY may fill"
                + " 4 more than asked for.");
    assertThat(told(NOW.plusSeconds(3601))).isEmpty();
  }

  @Test
  void r18_whatAPersonAcceptedIsToldNoMoreUntilItIsAnotherLackOrComesBack() {
    UUID trade = UUID.randomUUID();
    BOOKS.execute(
        """
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, status, source, stop_loss, filled_quantity)
        VALUES ('%s', 'sim', 'SPY', 'buy', 10, 'market', 'filled', 'manual', 166, 10)
        """
            .formatted(trade));
    String lost = "10 SPY held: stop loss canceled";
    unprotected(trade, lost);
    assertThat(told(NOW)).hasSize(1).first().asString().contains("unprotected critical SPY", lost);
    accept(trade, lost);
    assertThat(told(NOW)).isEmpty();

    unprotected(trade, "4 SPY held: stop loss canceled");
    assertThat(told(NOW)).first().asString().contains("4 SPY held");

    accept(trade, "4 SPY held: stop loss canceled");
    assertThat(told(NOW)).isEmpty();
    unprotected(trade, null);
    unprotected(trade, "4 SPY held: stop loss canceled");
    assertThat(told(NOW)).first().asString().contains("4 SPY held");
  }

  private void unprotected(UUID trade, @Nullable String lack) {
    store.write(
        ledger -> {
          ledger.protection(trade, lack, false, NOW);
          return trade;
        });
  }

  /** As the gateway. */
  private static void accept(UUID trade, String lack) {
    BOOKS.execute(
        """
        UPDATE trades SET unprotected_accepted = '%s', unprotected_accepted_by = 'key Ann', unprotected_accepted_at = now()
        WHERE id = '%s'
        """
            .formatted(lack, trade));
  }

  /** An order that the broker shows as open. */
  private OrderIntent follow(
      String brokerOrderId, Ticker ticker, @Nullable OptionSymbol option, Side side) {
    OrderTerms terms =
        new OrderTerms(
            ticker, option, side, 2, OrderType.STOP, null, Price.of("1.5"), TimeInForce.GTC);
    OrderIntent adopted =
        OrderIntent.adopted(UUID.randomUUID(), UUID.randomUUID(), terms, brokerOrderId, NOW);
    return store.write(
        ledger -> {
          ledger.insert(adopted, NOW, NOW);
          return adopted;
        });
  }

  @Test
  void r18_orderThatCannotBeShownIsNamedAlsoWhereItMayProtect() {
    UUID trade = UUID.randomUUID();
    BOOKS.execute(
        """
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, status, source, stop_loss, filled_quantity)
        VALUES ('%s', 'sim', 'SPY', 'buy', 10, 'market', 'filled', 'manual', 166, 10)
        """
            .formatted(trade));
    unprotected(trade, "10 SPY held: stop loss canceled");
    Fingerprint.Leg leg = new Fingerprint.Leg("SELL", "EQUITY", "SPY", BigDecimal.TEN);
    OrderReport trailing =
        new OrderReport(
            "1010",
            OrderReport.Status.OPEN,
            null,
            Fingerprint.of("SINGLE", "TRAILING_STOP", "NORMAL", "DAY", null, null, List.of(leg)),
            null,
            NOW,
            List.of());
    assertThat(told(NOW, trailing))
        .containsExactly(
            "foreign_order_unsupported warning SPY The broker works an order that cannot be shown"
                + " here: 1010. What it buys or sells is counted nowhere.",
            "position_unprotected critical SPY A position is without the exits that were asked for:"
                + " 10 SPY held: stop loss canceled. The broker also works 1010, which cannot be"
                + " shown here and may close it.");
    assertThat(told(NOW)).hasSize(1).first().asString().endsWith("stop loss canceled.");
  }

  private List<String> told(Instant now, OrderReport... unsupported) {
    alarms.hold(PostgresBooks.ACCOUNT, List.of(), List.of(unsupported), now);
    return BOOKS
        .jdbc()
        .sql(
            "SELECT code || ' ' || severity || ' ' || ticker || ' ' || message FROM alerts"
                + " WHERE cleared_at IS NULL AND code <> 'halt_unwritten' ORDER BY code, ticker")
        .query(String.class)
        .list();
  }
}
