package io.alphakite.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The whole engine on PostgreSQL with the paper broker; only the streamer and gateway are played.
 */
class PaperTradingTest {

  private static final Instant T = Instant.parse("2013-10-08T15:00:00Z");

  private final EngineBench engine = new EngineBench();

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void buysIsFilledAndShowsThePosition() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    UUID trade = engine.ask("buy", 10, "SPY");

    engine.awaitStatus(trade, "filled");

    assertThat(
            engine.one(
                "SELECT account_id || ' ' || filled_quantity || ' ' || average_fill_price || ' ' || (market_time = ?::timestamptz) FROM trades WHERE id = ?",
                T.toString(),
                trade))
        .isEqualTo("paper 10 167.41000000 true");
    engine.awaitRow(
        "10 167.41000000 1674.10000000",
        "SELECT quantity || ' ' || average_price || ' ' || cost_basis FROM positions");
    engine.awaitRow(
        "2013-10-08 SPY 0.00000000 -0.10000000 1 0 0",
        "SELECT date || ' ' || ticker || ' ' || realized_pnl || ' ' || unrealized_pnl || ' ' || trades || ' ' || winning_trades || ' ' || losing_trades FROM daily_pnl");
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
    engine.quote("SPY", "167.39", "167.41", 4, "167.40", T);
    engine.start();
    UUID bought = engine.ask("buy", 10, "SPY");
    engine.awaitStatus(bought, "partially_filled");
    engine.quote("SPY", "167.39", "167.43", 6, "167.40", T.plusSeconds(1));
    engine.awaitStatus(bought, "filled");
    // (4 x 167.41 + 6 x 167.43) / 10
    assertThat(engine.one("SELECT average_fill_price FROM trades WHERE id = ?", bought))
        .isEqualTo("167.42200000");

    engine.quote("SPY", "168.00", "168.02", 100, "168.00", T.plusSeconds(2));
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
  void limitOrderRestsAndIsCanceled() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    UUID trade = engine.ask("buy", 10, "SPY", "166.00", null, "day");
    engine.awaitStatus(trade, "working");
    engine.cancel(trade);
    engine.awaitStatus(trade, "canceled");
    assertThat(engine.all("SELECT quantity FROM positions")).isEmpty();
  }

  @Test
  void restingOrderSurvivesARestartAndFillsAfterwards() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    UUID trade = engine.ask("buy", 10, "SPY", "167.00", null, "day");
    engine.awaitStatus(trade, "working");
    engine.restart();
    engine.quote("SPY", "166.97", "166.99", 500, "166.98", T.plusSeconds(9));
    engine.awaitStatus(trade, "filled");
    assertThat(engine.one("SELECT average_fill_price FROM trades")).isEqualTo("166.99000000");
    assertThat(engine.one("SELECT epoch FROM engine.accounts")).isEqualTo("2");
  }

  @Test
  void dayOrderEndsWithTheSession() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    UUID day = engine.ask("buy", 10, "SPY", "166.00", null, "day");
    UUID gtc = engine.ask("buy", 10, "SPY", "165.00", null, "gtc");
    engine.awaitStatus(day, "working");
    engine.awaitStatus(gtc, "working");
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", Instant.parse("2013-10-08T20:00:00Z"));
    engine.awaitStatus(day, "expired");
    assertThat(engine.status(gtc)).isEqualTo("working");
  }

  @Test
  void stopSellsWhenTheLastTradeReachesIt() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    engine.awaitStatus(engine.ask("buy", 10, "SPY"), "filled");
    UUID stop = engine.ask("sell", 10, "SPY", null, "167.00", "day");
    engine.awaitStatus(stop, "working");
    engine.quote("SPY", "166.95", "166.99", 500, "167.00", T.plusSeconds(5));
    engine.awaitStatus(stop, "filled");
    assertThat(engine.one("SELECT average_fill_price FROM trades WHERE id = ?", stop))
        .isEqualTo("166.95000000");
  }

  @Test
  void personsOrderOffHoursWaitsForTheOpen() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", Instant.parse("2013-10-08T21:00:00Z"));
    engine.start();
    UUID trade = engine.ask("buy", 10, "SPY");
    engine.awaitStatus(trade, "working");
    engine.quote("SPY", "167.50", "167.52", 500, "167.51", Instant.parse("2013-10-09T13:30:01Z"));
    engine.awaitStatus(trade, "filled");
    assertThat(engine.one("SELECT market_date FROM fills")).isEqualTo("2013-10-09");
  }

  @Test
  void refusesWithTheRuleAndItsNumbers() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
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
  void strategyBuysOnUpAndSellsOnDownOnce() {
    engine.with("AUTO_TRADING", "true").with("AUTO_TRADING_QUANTITY", "3");
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    engine.awaitRow("paper", "SELECT account_id FROM trading_controls");
    engine.second("SPY", T, "167.00", "167.10");
    engine.second("SPY", T.plusSeconds(1), "167.20", "167.10");
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T.plusSeconds(3));
    engine.awaitRow("up buy", "SELECT direction || ' ' || action FROM trading_signals");
    engine.awaitRow(
        "auto buy 3 filled true",
        "SELECT source || ' ' || side || ' ' || quantity || ' ' || status || ' ' || (signal_id IS NOT NULL) FROM trades");

    engine.restart();
    engine.second("SPY", T.plusSeconds(4), "167.00", "167.10");
    engine.quote("SPY", "167.49", "167.51", 500, "167.50", T.plusSeconds(6));
    engine.awaitRow(
        "sell 3 filled",
        "SELECT side || ' ' || quantity || ' ' || status FROM trades WHERE side = 'sell'");
    engine.awaitRow("0", "SELECT quantity FROM positions");
    assertThat(engine.all("SELECT action FROM trading_signals ORDER BY timestamp"))
        .isEqualTo(List.of("buy", "sell"));
    assertThat(engine.one("SELECT count(*) FROM trades")).isEqualTo("2");
  }

  @Test
  void lateAndBackfilledCrossoversAreStoredButNotTraded() {
    engine.with("AUTO_TRADING", "true");
    engine.second("SPY", T, "167.00", "167.10");
    engine.second("SPY", T.plusSeconds(1), "167.20", "167.10");
    engine.second("SPY", T.plusSeconds(2), "167.00", "167.10");
    engine.run(
        "UPDATE equity_data SET source = 'backfill' WHERE timestamp = '2013-10-08T15:00:02Z'");
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T.plusSeconds(60));
    engine.start();
    engine.awaitRow("2", "SELECT count(*) FROM trading_signals");
    assertThat(engine.all("SELECT action FROM trading_signals ORDER BY timestamp"))
        .isEqualTo(List.of("stale", "backfilled"));
    assertThat(engine.one("SELECT count(*) FROM trades")).isEqualTo("0");
  }

  @Test
  void killCancelsHaltsAndFlattens() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    engine.awaitStatus(engine.ask("buy", 10, "SPY"), "filled");
    UUID resting = engine.ask("buy", 10, "SPY", "166.00", null, "day");
    engine.awaitStatus(resting, "working");

    engine.run("UPDATE trading_controls SET state = 'halted'");
    engine.run("INSERT INTO trading_commands (command, flatten) VALUES ('kill', true)");
    engine.run("SELECT pg_notify('controls', '')");
    engine.awaitStatus(resting, "canceled");
    engine.quote("SPY", "167.37", "167.39", 500, "167.38", T.plusSeconds(1));
    engine.awaitRow("0", "SELECT quantity FROM positions");
    engine.awaitRow("1 order(s) canceled, flat", "SELECT outcome FROM trading_commands");

    UUID late = engine.ask("buy", 1, "SPY");
    engine.awaitStatus(late, "rejected");
    assertThat(engine.reason(late)).startsWith("halted");
  }

  @Test
  void controlsOutlastARestart() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    engine.awaitRow("paper", "SELECT account_id FROM trading_controls");
    engine.run("UPDATE trading_controls SET state = 'reduce_only', auto_trading = true");
    engine.restart();
    engine.awaitRow("2", "SELECT epoch FROM engine.accounts");
    assertThat(engine.one("SELECT state || ' ' || auto_trading FROM trading_controls"))
        .isEqualTo("reduce_only true");
  }

  @Test
  void secondEngineWaitsForTheAccount() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
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
  void engineWhoseEpochIsOverWritesNoMore() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    engine.awaitRow("1", "SELECT epoch FROM engine.accounts");
    // As another engine would: the first one notices at its next write, and takes over anew.
    engine.run("UPDATE engine.accounts SET epoch = 7");
    engine.awaitRow("8", "SELECT epoch FROM engine.accounts");
    engine.awaitStatus(engine.ask("buy", 10, "SPY"), "filled");
    assertThat(engine.one("SELECT DISTINCT epoch FROM engine.order_intents")).isEqualTo("8");
  }

  @Test
  void badSettingStopsTheStartWithOneLine() {
    assertThatThrownBy(() -> engine.with("RISK_MAX_ORDR_QUANTITY", "5").start())
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("RISK_MAX_ORDR_QUANTITY is not a risk limit")
        .hasMessageNotContaining("\n");
  }

  @Test
  void healthSaysWhoTradesAndHow() throws Exception {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
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
