package io.alphakite.suite.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.command.CommandRun;
import io.alphakite.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code data status} says against the real PostgreSQL. */
class DataCommandTest {
  @SuppressWarnings("NullAway.Init") // set before each test
  private TestDatabase database;

  @BeforeEach
  void create() {
    database = TestDatabase.create();
  }

  @AfterEach
  void drop() {
    database.close();
  }

  @Test
  void countsWhatIsSmall() {
    // 2013-10-07, a Monday, then nothing until Wednesday; the next month too.
    rows("SPY", "2013-10-07T13:30:00Z", 100);
    rows("SPY", "2013-10-09T13:30:00Z", 50);
    rows("IBM", "2013-11-01T13:30:00Z", 10);
    database.execute(
        "INSERT INTO candles (ticker, bar, timestamp, open, high, low, close, volume)"
            + " VALUES ('SPY', '1d', '2013-10-07T05:00:00Z', 1, 2, 1, 2, 100)");
    database.execute("SELECT settle_default_partitions()");
    rows("BAC", "2014-01-02T14:30:00Z", 3);

    JsonNode status = status(true).json();

    JsonNode tickers = status.path("tickers");
    assertThat(tickers.valueStream().map(node -> node.path("ticker").asString()))
        .containsExactly("BAC", "IBM", "SPY");
    JsonNode spy = tickers.path(2);
    assertThat(spy.path("rows").asLong()).isEqualTo(150);
    assertThat(spy.path("rows_estimated").asBoolean()).isFalse();
    assertThat(spy.path("first").asString()).isEqualTo("2013-10-07T13:30:00Z");
    assertThat(spy.path("last").asString()).isEqualTo("2013-10-09T13:30:49Z");
    assertThat(spy.path("sessions_without_rows").asInt()).isEqualTo(1);
    assertThat(status.path("candles").path(0).path("rows").asInt()).isEqualTo(1);
    JsonNode table = status.path("tables").path(0);
    assertThat(table.path("table").asString()).isEqualTo("equity_data");
    assertThat(table.path("rows").asLong()).isEqualTo(163);
    assertThat(table.path("default_partition_rows").asLong()).isEqualTo(3);
    assertThat(table.path("partitions").valueStream().map(p -> p.path("month").asString()))
        .containsExactly("2013-10", "2013-11");
    assertThat(status.path("bytes").asLong()).isPositive();

    assertThat(status(false).out())
        .contains("SPY                 150  2013-10-07T13:30:00Z  2013-10-09T13:30:49Z")
        .contains("3 rows wait in the default partition");
  }

  @Test
  void estimatesWhatIsBigFromTheStatistics() throws SQLException {
    rows("SPY", "2013-10-07T13:30:00Z", 20_000);
    rows("IBM", "2013-10-07T13:30:00Z", 5_000);
    database.execute("SELECT settle_default_partitions()");
    database.execute("ANALYZE equity_data_2013_10");
    try (Connection connection = database.url(DatabaseRole.GATEWAY).connect()) {
      StoredData data = new DataReader(connection, 0).read();
      assertThat(data.series()).allMatch(StoredData.Series::rowsEstimated);
      assertThat(data.series().get(1).rows()).isBetween(19_000L, 21_000L);
      assertThat(data.series().get(0).rows()).isBetween(4_500L, 5_500L);
      assertThat(data.tables().getFirst().rows()).isEqualTo(25_000);
      assertThat(data.tables().getFirst().rowsEstimated()).isTrue();
    }
  }

  @Test
  void saysWhatItCannotDo() {
    CommandRun unknown =
        CommandRun.of(
            false, terminal -> new DataCommand(settings(), terminal).run(List.of("tidy")));
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).isEqualTo("kite: data takes status and --json\n");
    CommandRun nowhere =
        CommandRun.of(
            true,
            terminal ->
                new DataCommand(
                        Settings.of(Map.of("DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/kite")),
                        terminal)
                    .run(List.of("status", "--json")));
    assertThat(nowhere.status()).isEqualTo(1);
    assertThat(nowhere.json().path("error").asString()).startsWith("cannot connect");
  }

  private CommandRun status(boolean json) {
    CommandRun run =
        CommandRun.of(
            json, terminal -> new DataCommand(settings(), terminal).run(List.of("status")));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return run;
  }

  private Settings settings() {
    return Settings.of(
        Map.of("DATABASE_URL", database.jdbcUrl(), "KITE_GATEWAY_DB_PASSWORD", "kite_gateway"));
  }

  private void rows(String ticker, String from, int seconds) {
    try (Connection connection = database.url(DatabaseRole.STREAMER).connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO equity_data (ticker, timestamp, price, volume) SELECT '%s', '%s'::timestamptz + second * interval '1 second', 100, 10 FROM generate_series(0, %d) second"
              .formatted(ticker, from, seconds - 1));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
