package io.alphakite.suite.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.settings.Settings;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.suite.command.CommandRun;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Downloads from the real simulator: two sessions of its past and the beginning of a third. */
class DownloadCommandTest {
  private static final int MINUTES = 390;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static SimulatorServer simulator;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private static Path home;

  @SuppressWarnings("NullAway.Init") // set before each test
  private TestDatabase database;

  @BeforeAll
  static void start() throws IOException {
    Path market = Files.writeString(home.resolve("market.csv"), market());
    simulator =
        SimulatorServer.start(
            SimulatorSettings.of(
                Map.of(
                    "SIMULATOR_PORT", "0",
                    "SIMULATOR_CSV", market.toString(),
                    "SIMULATOR_START_SESSION", "2025-05-30",
                    "SIMULATOR_DAY_START", "09:35:30",
                    "SCHWAB_APP_KEY", "kite-simulator",
                    "SCHWAB_APP_SECRET", "kite-simulator",
                    "SCHWAB_CALLBACK_URL", "https://127.0.0.1")));
  }

  /** Minute bars with a price that tells the minute and the day. */
  private static String market() {
    StringBuilder csv = new StringBuilder("timestamp,open,high,low,close,volume,ticker\n");
    for (String ticker : List.of("IBM", "SPY")) {
      for (int day = 28; day <= 30; day++) {
        Instant open = Instant.parse("2025-05-" + day + "T13:30:00Z");
        for (int minute = 0; minute < MINUTES; minute++) {
          int cents = 10_000 + 1_000 * (day - 28) + minute;
          csv.append(
              "%s,%s,%s,%s,%s,%d,%s\n"
                  .formatted(
                      open.plusSeconds(60L * minute),
                      BigDecimal.valueOf(cents, 2),
                      BigDecimal.valueOf(cents + 2, 2),
                      BigDecimal.valueOf(cents - 2, 2),
                      BigDecimal.valueOf(cents + 1, 2),
                      400 + minute,
                      ticker));
        }
      }
    }
    return csv.toString();
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @BeforeEach
  void create() {
    database = TestDatabase.create();
  }

  @AfterEach
  void drop() {
    database.close();
  }

  @Test
  void fillsMinutesWithoutARowAndChangesNothingTheSecondTime() throws SQLException {
    database.execute(
        "INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES ('SPY',"
            + " '2025-05-29T13:31:07Z', 168.5, 100), ('SPY', '2025-05-29T13:31:59Z', 168.6, 50)");
    String[] words = {
      "--ticker", "SPY", "--from", "2025-05-29", "--to", "2025-05-30", "--interval", "1m"
    };

    JsonNode first = run(words).json();

    JsonNode spy = first.path("tickers").path(0);
    // The session that just began has some finished minutes too; they stay candles.
    assertThat(spy.path("candles_added").asInt()).isBetween(MINUTES + 1, MINUTES + 10);
    assertThat(first.path("rows_added").asInt()).isEqualTo(MINUTES - 1);
    assertThat(
            rows(
                "SELECT count(*) || ' ' || count(*) FILTER (WHERE source = 'backfill') || ' ' ||"
                    + " min(timestamp AT TIME ZONE 'UTC') || ' ' || max(timestamp AT TIME ZONE"
                    + " 'UTC') FROM equity_data"))
        .containsExactly(
            (MINUTES + 1) + " " + (MINUTES - 1) + " 2025-05-29 13:30:59 2025-05-29 19:59:59");
    assertThat(
            rows(
                "SELECT count(*) FROM candles c JOIN equity_data e ON e.ticker = c.ticker"
                    + " AND e.timestamp = c.timestamp + interval '59 seconds'"
                    + " AND (e.price, e.volume) = (c.close, c.volume) WHERE c.bar = '1m'"))
        .containsExactly(String.valueOf(MINUTES - 1));
    assertThat(
            rows(
                "SELECT count(*) FILTER (WHERE sma9 IS NOT NULL) || ' ' || count(*) FILTER (WHERE vwap IS NOT NULL)"
                    + " FROM indicators"))
        .as("indicators as ./kite backfill gives them")
        .containsExactly((MINUTES - 8) + " " + (MINUTES + 1));
    assertThat(
            rows(
                "SELECT count(*) FROM candles c JOIN equity_bars b USING (ticker, timestamp) WHERE c.bar = '1m'"
                    + " AND (b.open, b.high, b.low, b.close, b.volume) = (c.open, c.high, c.low, c.close, c.volume)"))
        .containsExactly(String.valueOf(MINUTES));

    List<String> before =
        rows(
            "SELECT (e, i)::text FROM equity_data e LEFT JOIN indicators i USING (ticker, timestamp) ORDER BY 1");
    JsonNode second = run(words).json();
    assertThat(second.path("tickers").path(0).path("candles_added").asInt()).isLessThan(10);
    assertThat(second.path("rows_added").asInt()).isZero();
    assertThat(
            rows(
                "SELECT (e, i)::text FROM equity_data e LEFT JOIN indicators i USING (ticker, timestamp) ORDER BY 1"))
        .isEqualTo(before);

    // What is covered is not asked for again.
    JsonNode covered =
        run("--ticker", "SPY", "--from", "2025-05-29", "--to", "2025-05-29", "--interval", "1m")
            .json();
    assertThat(covered.path("calls").asInt()).isZero();
  }

  @Test
  void otherIntervalsAreCandlesAlone() throws SQLException {
    run("--ticker", "SPY,IBM", "--from", "2025-05-29", "--to", "2025-05-29", "--interval", "30m");
    run("--ticker", "SPY", "--from", "2025-05-01", "--to", "2025-05-29", "--interval", "1d");
    assertThat(
            rows(
                "SELECT ticker || ' ' || bar || ' ' || count(*) FROM candles GROUP BY ticker, bar"))
        .containsExactlyInAnyOrder("IBM 30m 13", "SPY 30m 13", "SPY 1d 2");
    // The last of 13 half hours, from its 30 minutes: minute 360 to 389 of the second day.
    assertThat(
            rows(
                "SELECT open || ' ' || high || ' ' || low || ' ' || close || ' ' || volume FROM"
                    + " candles WHERE bar = '30m' AND ticker = 'IBM' ORDER BY timestamp DESC LIMIT"
                    + " 1"))
        .containsExactly("113.6000 113.9100 113.5800 113.9000 23235");
    assertThat(rows("SELECT count(*) FROM equity_data")).containsExactly("0");
  }

  @Test
  void goesOnWithACsvFileThatWasCutOff() throws IOException {
    Path file = home.resolve("spy.csv");
    String[] words = {
      "--ticker",
      "SPY,IBM",
      "--from",
      "2025-05-29",
      "--to",
      "2025-05-29",
      "--interval",
      "5m",
      "--csv",
      file.toString()
    };
    JsonNode first = run(words).json();
    assertThat(first.path("tickers").path(0).path("candles_added").asInt()).isEqualTo(78);
    String whole = Files.readString(file);
    assertThat(whole.lines().count()).isEqualTo(1 + 2 * 78);
    assertThat(whole)
        .startsWith("timestamp,open,high,low,close,volume,ticker\n2025-05-29T13:30:00Z,");

    assertThat(run(words).status()).isZero();
    assertThat(Files.readString(file)).isEqualTo(whole);

    Files.writeString(file, whole.substring(0, whole.length() - 700));
    run(words);
    assertThat(Files.readString(file)).isEqualTo(whole);

    Files.writeString(file, "something else\n");
    CommandRun refused = command(words);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.json().path("error").asString()).contains("is no CSV file of this command");
  }

  @Test
  void saysInOneLineWhatItCannotUse() {
    assertThat(command("--ticker", "SPY", "--from", "2025-05-29", "--interval", "7m").err())
        .isEqualTo("kite: --interval 7m: one of 1m, 5m, 10m, 15m, 30m, 1d\n");
    assertThat(command("--ticker", "SPY", "--from", "soon", "--interval", "1m").err())
        .isEqualTo("kite: --from soon is no date like 2026-03-09\n");
    assertThat(command("--from", "2025-05-29", "--interval", "1m").status()).isEqualTo(2);
    assertThat(command("--ticker", "SPY", "--when").err()).contains("does not take '--when'");
  }

  private CommandRun run(String... words) {
    CommandRun run = command(words);
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return run;
  }

  private CommandRun command(String... words) {
    Map<String, String> settings = new HashMap<>();
    settings.put("KITE_HOME", home.toString());
    settings.put("SCHWAB_BASE_URL", simulator.baseUrl().toString());
    settings.put("DATABASE_URL", database.jdbcUrl());
    settings.put("KITE_STREAMER_DB_PASSWORD", "kite_streamer");
    return CommandRun.of(
        true,
        terminal ->
            new DownloadCommand(Settings.of(settings), InstantSource.system(), terminal)
                .run(List.of(words)));
  }

  private List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = database.url(DatabaseRole.STREAMER).connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        rows.add(row.getString(1));
      }
    }
    return rows;
  }
}
