package io.alphakite.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.model.calendar.MarketCalendar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The whole engine on PostgreSQL with the paper broker; only the streamer and gateway are played.
 * One engine serves all tests: each has the books to itself, and trading days later than the last.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PaperTradingTest {

  private final EngineBench engine = new EngineBench();
  private LocalDate day = LocalDate.parse("2013-10-07");

  /** The middle of this test's session. */
  private Instant noon = Instant.EPOCH;

  @BeforeAll
  void start() {
    engine.start();
    engine.awaitRow("paper", "SELECT account_id FROM trading_controls");
  }

  @AfterAll
  void stop() {
    engine.close();
  }

  @BeforeEach
  void emptyBooks() {
    noon = Instant.parse(MarketCalendar.nyse().nextSession(day).date() + "T15:00:00Z");
    // The next session of this test, if it reaches that far.
    day = MarketCalendar.nyse().nextSession(MarketCalendar.nyse().dateOf(noon)).date();
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", noon);
    awaitMarketTime(noon);
    // The engine may hold a listing read just before: what it lists must not be adopted after. The
    // account's row is locked first, as by each write of the engine.
    engine.run(
        """
        DO $$ BEGIN
          PERFORM 1 FROM engine.accounts FOR UPDATE;
          INSERT INTO engine.history_orders (account_id, broker_order_id)
              SELECT account_id, id::text FROM engine.paper_orders;
          TRUNCATE engine.paper_orders, engine.paper_executions, engine.order_events, engine.order_intents,
              engine.lots, trades, fills, positions, daily_pnl CASCADE;
          UPDATE engine.paper_accounts SET cash = 100000;
          UPDATE trading_controls SET cash = 100000, buying_power = 100000, state = 'active', state_reason = NULL;
        END $$
        """);
  }

  /** Until orders are taken in at that time: the engine looks at the feed's time now and then. */
  private void awaitMarketTime(Instant time) {
    EngineBench.await(
        "the engine to see " + time,
        () -> {
          UUID denied = engine.ask("buy", 1, "QQQ");
          engine.awaitStatus(denied, "rejected");
          return engine
              .one(
                  "SELECT market_time >= ?::timestamptz FROM trades WHERE id = ?",
                  time.toString(),
                  denied)
              .equals("t");
        },
        () -> engine.all("SELECT market_time FROM trades ORDER BY market_time").toString());
  }

  @Test
  void buysIsFilledAndShowsThePosition() {
    UUID trade = engine.ask("buy", 10, "SPY");

    engine.awaitStatus(trade, "filled");

    assertThat(
            engine.one(
                "SELECT account_id || ' ' || filled_quantity || ' ' || average_fill_price || ' ' ||"
                    + " (market_time = ?::timestamptz) FROM trades WHERE id = ?",
                noon.toString(),
                trade))
        .isEqualTo("paper 10 167.41000000 true");
    engine.awaitRow(
        "10 167.41000000 1674.10000000",
        "SELECT quantity || ' ' || average_price || ' ' || cost_basis FROM positions");
    engine.awaitRow(
        noon.toString().substring(0, 10) + " SPY 0.00000000 -0.10000000 1 0 0",
        "SELECT date || ' ' || ticker || ' ' || realized_pnl || ' ' || unrealized_pnl || ' ' ||"
            + " trades || ' ' || winning_trades || ' ' || losing_trades FROM daily_pnl");
    engine.awaitRow(
        "paper paper 98325.90000000",
        "SELECT mode || ' ' || broker || ' ' || cash FROM trading_controls");
    engine.awaitRow(
        "t", "SELECT broker_proven_at > now() - interval '1 minute' FROM trading_controls");
    assertThat(engine.one("SELECT count(*) FROM engine.order_intents WHERE send_attempts = 1"))
        .isEqualTo("1");
  }

  @Test
  void fillsNoMoreThanIsOfferedAndRealizesByLots() {
    engine.quote("SPY", "167.39", "167.41", 4, "167.40", noon.plusMillis(1));
    UUID bought = engine.ask("buy", 10, "SPY");
    engine.awaitStatus(bought, "partially_filled");
    engine.quote("SPY", "167.39", "167.43", 6, "167.40", noon.plusSeconds(1));
    engine.awaitStatus(bought, "filled");
    // (4 x 167.41 + 6 x 167.43) / 10
    assertThat(engine.one("SELECT average_fill_price FROM trades WHERE id = ?", bought))
        .isEqualTo("167.42200000");

    engine.quote("SPY", "168.00", "168.02", 100, "168.00", noon.plusSeconds(2));
    UUID sold = engine.ask("sell", 5, "SPY");
    engine.awaitStatus(sold, "filled");

    // 4 x (168.00 - 167.41) + 1 x (168.00 - 167.43)
    assertThat(engine.one("SELECT realized_pnl FROM positions")).isEqualTo("2.93000000");
    assertThat(
            engine.one(
                "SELECT realized_pnl || ' ' || trades || ' ' || winning_trades FROM daily_pnl"))
        .isEqualTo("2.93000000 2 1");
    assertThat(engine.one("SELECT quantity || ' ' || average_price FROM positions"))
        .isEqualTo("5 167.43000000");
  }

  @Test
  void r17_changeTakesTheOrdersPlaceAndWhatWasFilledCounts() {
    engine.quote("SPY", "167.39", "167.41", 4, "167.40", noon.plusMillis(1));
    UUID trade = engine.ask("buy", 10, "SPY", "167.41", null, "day");
    engine.awaitStatus(trade, "partially_filled");
    engine.quote("SPY", "167.44", "167.46", 100, "167.45", noon.plusMillis(2));
    UUID refused = engine.change(trade, "180.00", null);
    engine.awaitRow("rejected", "SELECT status FROM trade_changes WHERE id = ?", refused);
    assertThat(engine.one("SELECT reason FROM trade_changes WHERE id = ?", refused))
        .startsWith("price_collar_percent");
    assertThat(engine.one("SELECT limit_price FROM trades WHERE id = ?", trade))
        .isEqualTo("167.4100");

    UUID change = engine.change(trade, "167.46", 12L);
    engine.awaitRow("done", "SELECT status FROM trade_changes WHERE id = ?", change);
    engine.awaitStatus(trade, "filled");
    assertThat(
            engine.all(
                "SELECT state || ' ' || order_quantity || ' ' || order_limit || ' ' || filled"
                    + " FROM engine.order_intents WHERE trade_id = ? ORDER BY attempt",
                trade))
        .isEqualTo(List.of("CANCELED 10 167.4100 4", "DENIED 6 180.0000 0", "FILLED 8 167.4600 8"));
    assertThat(
            engine.one(
                "SELECT quantity || ' ' || filled_quantity || ' ' || limit_price FROM trades WHERE"
                    + " id = ?",
                trade))
        .isEqualTo("12 12 167.4600");
    engine.awaitRow("12", "SELECT quantity FROM positions");
    assertThat(engine.all("SELECT status FROM engine.paper_orders ORDER BY id"))
        .isEqualTo(List.of("REPLACED", "FILLED"));
  }

  @Test
  void r48_lossThatPricesAloneMakeTripsTheLimitAndRaisesAnAlarm() {
    UUID bought = engine.ask("buy", 100, "SPY");
    engine.awaitStatus(bought, "filled");
    engine.quote("SPY", "162.38", "162.40", 500, "162.39", noon.plusSeconds(1));
    engine.awaitRow(
        "reduce_only max_daily_loss: today's loss 502.00 has reached 500.00",
        "SELECT state || ' ' || state_reason FROM trading_controls");
    engine.awaitRow(
        "critical", "SELECT severity FROM alerts WHERE code = 'loss_limit' AND cleared_at IS NULL");
    UUID more = engine.ask("buy", 1, "SPY");
    engine.awaitStatus(more, "rejected");
    assertThat(engine.reason(more)).startsWith("reduce_only");
    UUID out = engine.ask("sell", 100, "SPY");
    engine.awaitStatus(out, "filled");
  }

  @Test
  void limitOrderRestsAndIsCanceled() {
    UUID trade = engine.ask("buy", 10, "SPY", "166.00", null, "day");
    engine.awaitStatus(trade, "working");
    engine.cancel(trade);
    engine.awaitStatus(trade, "canceled");
    assertThat(engine.all("SELECT quantity FROM positions")).isEmpty();
  }

  @Test
  void r27_muteFeedBlocksOrdersThoughItsLastQuoteIsNew() {
    engine.run(
        "INSERT INTO feed_states (ticker, state, blocking, since, message)"
            + " VALUES ('*', 'mute_feed', true, now(), 'mute')");
    try {
      UUID denied = engine.ask("buy", 10, "SPY");
      engine.awaitStatus(denied, "rejected");
      assertThat(engine.one("SELECT reject_reason FROM trades WHERE id = ?", denied).toString())
          .contains("feed_stale");
      engine.run(
          "UPDATE feed_states SET state = 'flowing', blocking = false, seen_at = now() - interval"
              + " '1 minute'");
      UUID unheard = engine.ask("buy", 10, "SPY");
      engine.awaitStatus(unheard, "rejected");
      engine.run("UPDATE feed_states SET seen_at = now() + interval '1 hour'");
      engine.awaitStatus(engine.ask("buy", 10, "SPY"), "filled");
    } finally {
      engine.run("DELETE FROM feed_states");
    }
  }

  @Test
  void dayOrderEndsWithTheSession() {
    UUID day = engine.ask("buy", 10, "SPY", "166.00", null, "day");
    UUID gtc = engine.ask("buy", 10, "SPY", "165.00", null, "gtc");
    engine.awaitStatus(day, "working");
    engine.awaitStatus(gtc, "working");
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", noon.plus(Duration.ofHours(5)));
    engine.awaitStatus(day, "expired");
    assertThat(engine.status(gtc)).isEqualTo("working");
  }

  @Test
  void stopSellsWhenTheLastTradeReachesIt() {
    engine.awaitStatus(engine.ask("buy", 10, "SPY"), "filled");
    UUID stop = engine.ask("sell", 10, "SPY", null, "167.00", "day");
    engine.awaitStatus(stop, "working");
    engine.quote("SPY", "166.95", "166.99", 500, "167.00", noon.plusSeconds(5));
    engine.awaitStatus(stop, "filled");
    assertThat(engine.one("SELECT average_fill_price FROM trades WHERE id = ?", stop))
        .isEqualTo("166.95000000");
  }

  @Test
  void personsOrderOffHoursWaitsForTheOpen() {
    Instant evening = noon.plus(Duration.ofHours(6));
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", evening);
    awaitMarketTime(evening);
    UUID trade = engine.ask("buy", 10, "SPY");
    engine.awaitStatus(trade, "working");
    engine.quote("SPY", "167.50", "167.52", 500, "167.51", Instant.parse(day + "T13:30:01Z"));
    engine.awaitStatus(trade, "filled");
    assertThat(engine.one("SELECT market_date FROM fills")).isEqualTo(day.toString());
  }

  @Test
  void refusesWithTheRuleAndItsNumbers() {
    refuses("buy", 101, "SPY", null, "max_order_quantity: 101 is over 100");
    refuses("buy", 1, "QQQ", null, "allowed_tickers: QQQ is not one of [SPY]");
    refuses("sell", 1, "SPY", null, "oversold: cannot sell 1 where 0 are held and free");
    refuses(
        "buy",
        10,
        "SPY",
        "140.00",
        "price_collar_percent: 140.00 is 16.38% from 167.41, the limit is 5%");
    assertThat(engine.one("SELECT count(*) FROM engine.paper_orders")).isEqualTo("0");
  }

  private void refuses(
      String side, long quantity, String ticker, @Nullable String limit, String reason) {
    UUID trade = engine.ask(side, quantity, ticker, limit, null, "day");
    engine.awaitStatus(trade, "rejected");
    assertThat(engine.reason(trade)).isEqualTo(reason);
  }

  @Test
  void secondEngineWaitsForTheAccount() {
    engine.awaitRow("1", "SELECT epoch FROM engine.accounts");
    try (Connection other = engine.database.url(DatabaseRole.ENGINE).connect();
        Statement statement = other.createStatement();
        var locked =
            statement.executeQuery(
                "SELECT pg_try_advisory_lock(hashtextextended('engine.account paper', 0))")) {
      assertThat(locked.next()).isTrue();
      assertThat(locked.getBoolean(1)).isFalse();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void healthSaysWhoTradesAndHow() throws Exception {
    engine.awaitRow("paper", "SELECT account_id FROM trading_controls");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + engine.port() + "/health"))
              .build();
      EngineBench.await(
          "health to be UP",
          // The disk of the machine that runs the tests is not what this is about.
          () ->
              get(client, request).contains("\"broker\":{\"status\":\"UP\"")
                  && get(client, request).contains("\"trading\":{\"status\":\"UP\""),
          () -> get(client, request));
      assertThat(get(client, request))
          .contains("\"service\":\"trading-engine\"", "\"freshness\":{\"status\":\"UP\"");
    }
  }

  private static String get(HttpClient client, HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
