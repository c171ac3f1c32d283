package io.alphakite.suite.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.settings.Settings;
import io.alphakite.streaming.store.Partitions;
import io.alphakite.suite.command.CommandRun;
import io.alphakite.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
    settle();
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
    settle();
    database.execute("ANALYZE equity_data_2013_10");
    try (Connection connection = database.url(DatabaseRole.GATEWAY).connect()) {
      StoredData data = new DataReader(connection, 0, 0).read();
      assertThat(data.series()).allMatch(StoredData.Series::rowsEstimated);
      assertThat(data.series().get(1).rows()).isBetween(19_000L, 21_000L);
      assertThat(data.series().get(0).rows()).isBetween(4_500L, 5_500L);
      assertThat(data.tables().getFirst().rows()).isEqualTo(25_000);
      assertThat(data.tables().getFirst().rowsEstimated()).isTrue();
    }
  }

  @Test
  void countsEverythingWhenToldTo() throws SQLException {
    rows("SPY", "2013-10-07T13:30:00Z", 20_000);
    settle();
    try (Connection connection = database.url(DatabaseRole.GATEWAY).connect()) {
      // Never analyzed: nothing but the size of the month is known.
      StoredData guessed = new DataReader(connection, 0, 0).read();
      assertThat(guessed.tables().getFirst().rows()).isBetween(5_000L, 80_000L);
      StoredData exact = DataReader.exact(connection).read();
      assertThat(exact.series()).noneMatch(StoredData.Series::rowsEstimated);
      assertThat(exact.series().getFirst().rows()).isEqualTo(20_000);
    }
  }

  @Test
  @Tag("long")
  @Timeout(600)
  void millionsOfRowsAreNotReadToTellHowManyThereAre() throws Exception {
    int perMonth = 600_000;
    for (int month = 1; month <= 3; month++) {
      Instant first = Instant.parse("2013-0%d-01T00:00:00Z".formatted(month));
      try (Connection connection = database.url(DatabaseRole.STREAMER).connect()) {
        Partitions.make(connection, first, first);
      }
      for (String ticker : List.of("BAC", "IBM", "SPY")) {
        rows(ticker, "2013-0%d-02T00:00:00Z".formatted(month), perMonth);
      }
      database.execute("ANALYZE equity_data_2013_0" + month);
    }
    database.execute(
        "INSERT INTO candles (ticker, bar, timestamp, open, high, low, close, volume) SELECT 'SPY',"
            + " '1m', '2003-01-02Z'::timestamptz + minute * interval '1 minute', 1, 2, 1, 2, 100"
            + " FROM generate_series(0, 999999) minute");
    database.execute("ANALYZE candles");
    String scanned =
        "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables"
            + " WHERE relname LIKE 'equity\\_data\\_20%' OR relname = 'candles'";
    database.execute("SELECT pg_stat_force_next_flush()");
    long before = number(scanned);
    long start = System.nanoTime();
    StoredData data;
    try (Connection connection = database.url(DatabaseRole.GATEWAY).connect();
        Statement statement = connection.createStatement()) {
      data = new DataReader(connection).read();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      System.out.println(9 * perMonth + " rows and 1000000 candles looked at in " + took);
      assertThat(took).isLessThan(Duration.ofSeconds(20));
      statement.execute("SELECT pg_stat_force_next_flush()");
    }
    assertThat(number(scanned)).as("rows read one after the other").isEqualTo(before);
    assertThat(data.series().stream().map(StoredData.Series::rows))
        .allSatisfy(rows -> assertThat(rows).isBetween(1_600_000L, 2_000_000L));
    assertThat(data.series()).allMatch(StoredData.Series::rowsEstimated);
    assertThat(data.candles().getFirst().rows()).isBetween(950_000L, 1_050_000L);
    assertThat(data.candles().getFirst().rowsEstimated()).isTrue();
  }

  private long number(String query) throws SQLException {
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void saysWhatItCannotDo() {
    CommandRun unknown =
        CommandRun.of(
            false, terminal -> new DataCommand(settings(), terminal).run(List.of("tidy")));
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).isEqualTo("kite: data takes status, --exact and --json\n");
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

  private void settle() {
    try (Connection connection = database.url(DatabaseRole.STREAMER).connect()) {
      Partitions.settle(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
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
