package io.alphakite.suite.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.settings.Settings;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.suite.command.CommandRun;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * A session of which minutes 10 to 19 and all from minute 370 on were missed, as the streaming
 * service would have stored it without a price history, and then filled. The oracle is a plain sum
 * over the minutes' own prices and volumes.
 */
class BackfillCommandTest {
  private static final int MINUTES = 390;
  private static final Instant OPEN = Instant.parse("2025-05-29T13:30:00Z");
  private static final BigDecimal ONE_E4 = new BigDecimal("0.0001");

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static SimulatorServer simulator;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private static Path home;

  @SuppressWarnings("NullAway.Init") // set before each test
  private TestDatabase database;

  @BeforeAll
  static void start() throws IOException {
    StringBuilder csv = new StringBuilder("timestamp,open,high,low,close,volume,ticker\n");
    for (int day = 29; day <= 30; day++) {
      Instant open = Instant.parse("2025-05-" + day + "T13:30:00Z");
      for (int minute = 0; minute < MINUTES; minute++) {
        BigDecimal close = close(minute);
        csv.append(
            "%s,%s,%s,%s,%s,%d,SPY\n"
                .formatted(
                    open.plusSeconds(60L * minute), close, close, close, close, volume(minute)));
      }
    }
    Path market = Files.writeString(home.resolve("market.csv"), csv);
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void missingMinutesAreFilledWhatFollowsIsRestatedAndTheLedgerClosed(boolean sums)
      throws SQLException {
    storeAsWithoutHistory(sums);
    database.execute(
        """
        INSERT INTO data_gaps (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, note) VALUES
          ('00000000-0000-0000-0000-000000000001', 'SPY', '2025-05-29T13:39:40Z', '2025-05-29T13:50:10Z',
           'disconnect', 'unavailable', now(), now(), 'the price history did not answer')
        """);
    JsonNode first = run().json();
    JsonNode spy = first.path("tickers").path(0);
    assertThat(spy.path("minutes_filled").asInt()).isEqualTo(30);
    assertThat(spy.path("rows_restated").asInt()).isEqualTo(350);

    List<Row> rows = rows();
    assertThat(rows).hasSize(MINUTES);
    BigDecimal notional = BigDecimal.ZERO;
    long volume = 0;
    for (int minute = 0; minute < MINUTES; minute++) {
      Row row = rows.get(minute);
      notional = notional.add(close(minute).multiply(BigDecimal.valueOf(volume(minute))));
      volume += volume(minute);
      assertThat(row.volume).as("volume of minute %d", minute).isEqualTo(volume(minute));
      assertThat(row.source)
          .as("source of minute %d", minute)
          .isEqualTo(missed(minute) ? "backfill" : "stream");
      assertThat(row.vwap)
          .as("VWAP of minute %d", minute)
          .isCloseTo(
              notional.divide(BigDecimal.valueOf(volume), 4, RoundingMode.HALF_UP),
              offset(sums ? BigDecimal.ZERO : ONE_E4));
      if (minute >= 8) {
        assertThat(row.sma9).as("SMA9 of minute %d", minute).isEqualByComparingTo(sma9(minute));
      }
      assertThat(row.complete).isTrue();
    }
    assertThat(
            text(
                "SELECT cause || ' ' || state || ' ' || candles FROM data_gaps ORDER BY starts_at"))
        .containsExactly("disconnect repaired 10");
    assertThat(
            text(
                "SELECT count(*) || ' ' || min(source) || ' ' || sum(volume) || ' ' || bool_and(open = close)"
                    + " FROM equity_bars"))
        .as("each candle is a bar too")
        .containsExactly("390 candle " + volume + " true");

    List<String> before =
        text(
            "SELECT (e, i, b)::text FROM equity_data e JOIN indicators i USING (ticker, timestamp)"
                + " JOIN equity_bars b ON b.timestamp = date_trunc('minute', e.timestamp)"
                + " ORDER BY e.timestamp");
    JsonNode again = run().json().path("tickers").path(0);
    assertThat(again.path("minutes_filled").asInt()).isZero();
    assertThat(again.path("rows_restated").asInt()).isZero();
    assertThat(
            text(
                "SELECT (e, i, b)::text FROM equity_data e JOIN indicators i USING (ticker, timestamp)"
                    + " JOIN equity_bars b ON b.timestamp = date_trunc('minute', e.timestamp)"
                    + " ORDER BY e.timestamp"))
        .isEqualTo(before);
  }

  @Test
  void partOfASessionIsFilledAndTheRestStaysMarkedUntilItIsFilledToo() throws SQLException {
    storeAsWithoutHistory(true);
    database.execute(
        """
        INSERT INTO data_gaps (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, note) VALUES
          ('00000000-0000-0000-0000-000000000001', 'SPY', '2025-05-29T13:39:40Z', '2025-05-29T13:50:10Z',
           'disconnect', 'unavailable', now(), now(), 'the price history did not answer'),
          ('00000000-0000-0000-0000-000000000002', 'SPY', '2025-05-29T19:39:50Z', '2025-05-30T04:00:00Z',
           'restart', 'unavailable', now(), now(), 'an earlier day')
        """);
    CommandRun part =
        command("--ticker", "SPY", "--from", "2025-05-29T13:40:00Z", "--to", "2025-05-29T09:50");
    assertThat(part.json().path("tickers").path(0).path("minutes_filled").asInt()).isEqualTo(10);
    assertThat(text("SELECT state FROM data_gaps ORDER BY starts_at"))
        .containsExactly("repaired", "unavailable");
    assertThat(text("SELECT count(*) FROM equity_bars")).containsExactly("10");
    assertThat(text("SELECT max(timestamp AT TIME ZONE 'UTC') FROM indicators WHERE complete"))
        .containsExactly("2025-05-29 19:39:31");

    JsonNode rest =
        command("--ticker", "SPY", "--from", "2025-05-29T15:40", "--to", "2025-05-29").json();
    assertThat(rest.path("tickers").path(0).path("minutes_filled").asInt()).isEqualTo(20);
    List<String> inParts = values();
    assertThat(text("SELECT state FROM data_gaps ORDER BY starts_at"))
        .containsExactly("repaired", "repaired");

    database.execute("DELETE FROM equity_data; DELETE FROM indicators; DELETE FROM data_gaps");
    storeAsWithoutHistory(true);
    run();
    assertThat(inParts).as("the same as at once").isEqualTo(values());
  }

  @Test
  void firstMessageAfterAGapIsTakenFromTheLedgerWhereItsSecondHadMore() throws SQLException {
    storeAsWithoutHistory(true);
    // In its second the first message, at another price, was followed by ten shares.
    database.execute(
        """
        UPDATE indicators SET vwap_rest = vwap_rest + 5000 * (SELECT volume - 10 FROM equity_data
          WHERE timestamp = '2025-05-29T13:50:31Z') WHERE timestamp >= '2025-05-29T13:50:31Z';
        INSERT INTO data_gaps (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, note, first_at,
                               first_price, first_growth)
        SELECT '00000000-0000-0000-0000-000000000001', 'SPY', '2025-05-29T13:39:40Z', '2025-05-29T13:50:10Z',
          'disconnect', 'unavailable', now(), now(), '', '2025-05-29T13:50:31.100Z', price + 0.5, volume - 10
        FROM equity_data WHERE timestamp = '2025-05-29T13:50:31Z'
        """);
    run();
    assertThat(
            text(
                "SELECT vwap * vwap_volume + vwap_rest * 0.0001 FROM indicators WHERE timestamp ="
                    + " '2025-05-29T13:50:31Z'"))
        .satisfiesExactly(
            sum -> assertThat(new BigDecimal(sum)).isEqualByComparingTo(notional(20, 10)));
  }

  @Test
  void twoPartsOfAGapTakeNoMoreFromItsFirstMessageThanItHas() throws SQLException {
    // Of the candles' volume the first message has that of five minutes and five shares.
    String gap =
        """
        INSERT INTO data_gaps (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, note, first_at,
                               first_price, first_growth)
        SELECT '00000000-0000-0000-0000-000000000001', 'SPY', '2025-05-29T13:39:40Z', '2025-05-29T13:50:10Z',
          'disconnect', 'unavailable', now(), now(), '', '2025-05-29T13:50:31.100Z', price, %d
        FROM equity_data WHERE timestamp = '2025-05-29T13:50:31Z'
        """
            .formatted(IntStream.range(10, 15).mapToLong(BackfillCommandTest::volume).sum() + 5);
    storeAsWithoutHistory(true);
    database.execute(gap);
    command("--ticker", "SPY", "--from", "2025-05-29T09:40", "--to", "2025-05-29T09:45").json();
    command("--ticker", "SPY", "--from", "2025-05-29T09:45", "--to", "2025-05-29T09:50").json();
    List<String> inParts = values();
    database.execute("DELETE FROM equity_data; DELETE FROM indicators; DELETE FROM data_gaps");
    storeAsWithoutHistory(true);
    database.execute(gap);
    command("--ticker", "SPY", "--from", "2025-05-29T09:40", "--to", "2025-05-29T09:50").json();
    assertThat(inParts).as("the same as at once").isEqualTo(values());
  }

  /** Of all minutes up to one, the last with all but some shares half a dollar dearer. */
  private static BigDecimal notional(int last, long cheap) {
    BigDecimal notional = new BigDecimal("0.5").multiply(BigDecimal.valueOf(volume(last) - cheap));
    for (int minute = 0; minute <= last; minute++) {
      notional = notional.add(close(minute).multiply(BigDecimal.valueOf(volume(minute))));
    }
    return notional;
  }

  @Test
  void gapsOfTodayAreOpenedAgainForTheStreamingService() throws SQLException {
    database.execute(
        """
        INSERT INTO data_gaps (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, attempts, note)
        VALUES
          ('00000000-0000-0000-0000-000000000001', 'SPY', '2025-05-30T13:31:00Z', '2025-05-30T13:33:00Z',
           'disconnect', 'unavailable', now(), now(), 9, ''),
          ('00000000-0000-0000-0000-000000000002', 'SPY', '2025-05-30T13:34:00Z', '2025-05-30T13:34:30Z',
           'disconnect', 'unavailable', now(), now(), 9, '')
        """);
    JsonNode spy =
        command("--ticker", "SPY", "--from", "2025-05-30", "--to", "2025-05-30T09:33")
            .json()
            .path("tickers")
            .path(0);
    assertThat(spy.path("gaps_of_today_waiting").asInt()).isEqualTo(1);
    assertThat(
            text(
                "SELECT state || ' ' || attempts || ' ' || note FROM data_gaps ORDER BY starts_at"))
        .containsExactly("open 0 asked for by ./kite backfill", "unavailable 9 ");
  }

  @Test
  void aSessionThatNobodyStreamedIsFilledWholeAndPutOnTheLedger() throws SQLException {
    JsonNode spy = run().json().path("tickers").path(0);
    assertThat(spy.path("minutes_filled").asInt()).isEqualTo(MINUTES);
    List<Row> rows = rows();
    assertThat(rows).hasSize(MINUTES).allMatch(row -> row.source.equals("backfill"));
    assertThat(rows.getLast().sma9).isEqualByComparingTo(sma9(MINUTES - 1));
    assertThat(
            text(
                "SELECT cause || ' ' || state || ' ' || candles || ' ' || (ends_at - starts_at)"
                    + " FROM data_gaps"))
        .containsExactly("unrecorded repaired 390 06:30:00");
  }

  @Test
  void saysInOneLineWhatItCannotUse() {
    assertThat(command("--ticker", "SPY").err()).isEqualTo("kite: --from is needed\n");
    assertThat(command("--from", "soon", "--ticker", "SPY").err())
        .isEqualTo(
            "kite: --from soon is no date like 2026-03-09, nor a time like 2026-03-09T10:30\n");
    assertThat(command("--ticker", "SPY", "--from", "2025-05-30T23:00").err())
        .contains("--from lies ahead: the market's time is 2025-05-30T");
    assertThat(command("--ticker", "SPY", "--from", "2025-05-29", "--to", "2025-05-28").err())
        .contains("--to 2025-05-28 is not after --from 2025-05-29");
    assertThat(command("--ticker", "SPY", "--often").status()).isEqualTo(2);
  }

  /** One row a streamed minute; the first after the gap has the volume of all of it. */
  private void storeAsWithoutHistory(boolean sums) throws SQLException {
    StringBuilder sql = new StringBuilder();
    BigDecimal notional = BigDecimal.ZERO;
    long volume = 0;
    List<BigDecimal> closes = new ArrayList<>();
    long waiting = 0;
    for (int minute = 0; minute < MINUTES; minute++) {
      if (missed(minute)) {
        waiting += volume(minute);
        continue;
      }
      long growth = volume(minute) + waiting;
      waiting = 0;
      notional = notional.add(close(minute).multiply(BigDecimal.valueOf(growth)));
      volume += growth;
      closes.add(close(minute));
      BigDecimal vwap = notional.divide(BigDecimal.valueOf(volume), 4, RoundingMode.HALF_UP);
      BigDecimal sma9 =
          closes.size() < 9
              ? null
              : closes.subList(closes.size() - 9, closes.size()).stream()
                  .reduce(BigDecimal.ZERO, BigDecimal::add)
                  .divide(BigDecimal.valueOf(9), 4, RoundingMode.HALF_UP);
      Instant at = OPEN.plusSeconds(60L * minute + 31);
      sql.append(
          "INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES ('SPY', '%s', %s, %d);"
              .formatted(at, close(minute), growth));
      sql.append(
          "INSERT INTO indicators (ticker, timestamp, sma9, vwap, complete, vwap_volume, vwap_rest)"
              + " VALUES ('SPY', '%s', %s, %s, %s, %s, %s);"
                  .formatted(
                      at,
                      sma9,
                      vwap,
                      minute < 10,
                      sums ? volume : null,
                      sums
                          ? notional
                              .subtract(vwap.multiply(BigDecimal.valueOf(volume)))
                              .movePointRight(4)
                              .longValueExact()
                          : null));
    }
    database.execute(sql.toString());
  }

  private static boolean missed(int minute) {
    return (minute >= 10 && minute < 20) || minute >= 370;
  }

  private static BigDecimal close(int minute) {
    return BigDecimal.valueOf(10_000 + (minute * 37L) % 211, 2);
  }

  private static long volume(int minute) {
    return 400 + (minute * 7L) % 50;
  }

  private static BigDecimal sma9(int minute) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = minute - 8; i <= minute; i++) {
      sum = sum.add(close(i));
    }
    return sum.divide(BigDecimal.valueOf(9), 4, RoundingMode.HALF_UP);
  }

  private CommandRun run() {
    CommandRun run = command("--ticker", "SPY", "--from", "2025-05-29", "--to", "2025-05-29");
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
            new BackfillCommand(
                    Settings.of(settings), InstantSource.system(), terminal, Duration.ofMillis(300))
                .run(List.of(words)));
  }

  private record Row(
      long volume,
      String source,
      @Nullable BigDecimal sma9,
      @Nullable BigDecimal vwap,
      boolean complete) {}

  private List<Row> rows() throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Connection connection = database.url(DatabaseRole.STREAMER).connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT e.volume, e.source, i.sma9, i.vwap, i.complete FROM equity_data e"
                    + " JOIN indicators i USING (ticker, timestamp) ORDER BY e.timestamp")) {
      while (row.next()) {
        rows.add(
            new Row(
                row.getLong(1),
                row.getString(2),
                row.getBigDecimal(3),
                row.getBigDecimal(4),
                row.getBoolean(5)));
      }
    }
    return rows;
  }

  private List<String> values() throws SQLException {
    return text(
        "SELECT concat_ws(' ', e.timestamp, e.price, e.volume, e.source, i.sma9, i.vwap, i.vwap_volume,"
            + " i.vwap_rest) FROM equity_data e JOIN indicators i USING (ticker, timestamp) ORDER BY"
            + " e.timestamp");
  }

  private List<String> text(String sql) throws SQLException {
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
