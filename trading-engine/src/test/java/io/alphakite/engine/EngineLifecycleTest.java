package io.alphakite.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.platform.StartupException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Starts, restarts and what outlasts them, on PostgreSQL with the paper broker. */
class EngineLifecycleTest {

  private static final Instant T = Instant.parse("2013-10-08T15:00:00Z");

  private final EngineBench engine = new EngineBench();

  @AfterEach
  void stop() {
    engine.close();
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

    engine.run("UPDATE trading_controls SET state = 'halted', state_reason = 'kill switch'");
    engine.run("INSERT INTO trading_commands (command, flatten) VALUES ('kill', false)");
    // By now the file halts too, and lets closing orders pass.
    engine.awaitRow("the kill switch", "SELECT halt_by FROM trading_controls");
    engine.run("INSERT INTO trading_commands (command, flatten) VALUES ('kill', true)");
    engine.run("SELECT pg_notify('controls', '')");
    engine.awaitStatus(resting, "canceled");
    engine.quote("SPY", "167.37", "167.39", 500, "167.38", T.plusSeconds(1));
    engine.awaitRow("0", "SELECT quantity FROM positions");
    engine.awaitRow(
        "0 order(s) canceled, flat", "SELECT outcome FROM trading_commands WHERE flatten");

    UUID late = engine.ask("buy", 1, "SPY");
    engine.awaitStatus(late, "rejected");
    assertThat(engine.reason(late)).startsWith("halted");
  }

  @Test
  void resumeThatOvertakesTheKillIsKept() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    UUID resting = engine.ask("buy", 10, "SPY", "166.00", null, "day");
    engine.awaitStatus(resting, "working");

    // The halt of the kill and the resume were both committed before the engine looked.
    engine.run("INSERT INTO trading_commands (command, flatten) VALUES ('kill', false)");
    engine.run("SELECT pg_notify('controls', '')");
    engine.awaitStatus(resting, "canceled");
    engine.awaitRow("1 order(s) canceled", "SELECT outcome FROM trading_commands");

    assertThat(engine.one("SELECT state FROM trading_controls")).isEqualTo("active");
    engine.awaitStatus(engine.ask("buy", 1, "SPY"), "filled");
  }

  @Test
  void controlsOutlastARestart() {
    engine.quote("SPY", "167.39", "167.41", 500, "167.40", T);
    engine.start();
    engine.awaitRow("paper", "SELECT account_id FROM trading_controls");
    engine.run("UPDATE trading_controls SET state = 'reduce_only', auto_trading = true");
    engine.stop();
    assertThat(
            engine.one(
                "SELECT reported_at < now() - interval '45 seconds' FROM service_versions"
                    + " WHERE service = 'trading-engine'"))
        .as("stopped, it need not fit to what runs")
        .isEqualTo("t");
    engine.start();
    engine.awaitRow("2", "SELECT epoch FROM engine.accounts");
    assertThat(engine.one("SELECT state || ' ' || auto_trading FROM trading_controls"))
        .isEqualTo("reduce_only true");
  }

  @Test
  void r19_engineWhoseEpochIsOverWritesNoMore() {
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
  void r45_badSettingStopsTheStartWithOneLine() {
    assertThatThrownBy(() -> engine.with("RISK_MAX_ORDR_QUANTITY", "5").start())
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("RISK_MAX_ORDR_QUANTITY is not a risk limit")
        .hasMessageNotContaining("\n");
  }
}
