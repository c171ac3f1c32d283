package io.alphakite.streaming.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.Status;
import io.alphakite.platform.settings.Settings;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A year of retention against the real PostgreSQL, as the role that the service has. */
class RetentionTest {
  private final AtomicReference<Instant> market =
      new AtomicReference<>(Instant.parse("2026-01-15T15:00:00Z"));
  private final AtomicReference<Instant> wall = new AtomicReference<>(Instant.now());

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path exports;

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
  void announcesExportsAndDropsAMonthThatTheSimulatorCanReplay() throws Exception {
    rows("2025-10-06T13:30:00Z", 300);
    rows("2025-12-01T14:30:00Z", 10);
    rows("2026-01-15T14:30:00Z", 10);
    Retention retention = retention(Map.of("RETENTION_EQUITY", "60d"));
    PartitionsCheck check = new PartitionsCheck(retention, market::get, wall::get);

    retention.look();

    assertThat(retention.report().problem()).isNull();
    assertThat(query("SELECT partition FROM streaming.partition_drops ORDER BY 1"))
        .containsExactly("equity_data_2025_10");
    CheckResult announced = check.check();
    assertThat(announced.status()).isEqualTo(Status.UP);
    assertThat(String.valueOf(announced.details().get("drops_announced")))
        .contains("equity_data_2025_10 at ");
    assertThat(query("SELECT count(*) FROM equity_data")).containsExactly("320");

    aDayLater();
    retention.look();

    assertThat(retention.report().problem()).isNull();
    assertThat(query("SELECT count(*) FROM equity_data")).containsExactly("20");
    assertThat(query("SELECT to_regclass('equity_data_2025_10')::text"))
        .containsExactly((String) null);
    Path file = exports.resolve("equity_data/equity_data-2025-10.csv.gz");
    JsonNode manifest =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(exports.resolve("equity_data/equity_data-2025-10.json")));
    assertThat(manifest.path("rows").asInt()).isEqualTo(300);
    assertThat(manifest.path("sha256").asString())
        .isEqualTo(
            HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
    List<String> lines = lines(file);
    assertThat(lines).hasSize(301);
    assertThat(lines.getFirst()).startsWith("ticker,timestamp,price,size,source");
    assertThat(lines.get(1)).startsWith("SPY,2025-10-06T13:30:00.000000Z,100.0000,0,stream");
    assertThat(lines.get(2)).startsWith("SPY,2025-10-06T13:30:01.000000Z,100.0100,1,stream");

    try (SimulatorServer simulator =
        SimulatorServer.start(
            SimulatorSettings.of(
                Map.of(
                    "SIMULATOR_PORT", "0",
                    "SIMULATOR_CSV", exports.resolve("equity_data").toString(),
                    "SCHWAB_APP_KEY", "key",
                    "SCHWAB_APP_SECRET", "secret",
                    "SCHWAB_CALLBACK_URL", "https://127.0.0.1")))) {
      assertThat(simulator.port()).isPositive();
    }
  }

  @Test
  void doesNotDropWhatCannotBeExported() throws Exception {
    rows("2025-10-06T13:30:00Z", 5);
    rows("2025-12-01T14:30:00Z", 5);
    rows("2026-01-15T14:30:00Z", 5);
    Files.writeString(exports.resolve("equity_data"), "a file where a folder should be");
    Retention retention = retention(Map.of("RETENTION_EQUITY", "60d"));
    retention.look();
    aDayLater();

    retention.look();

    assertThat(retention.report().problem())
        .startsWith("equity_data_2025_10 is not dropped, its export failed");
    assertThat(query("SELECT count(*) FROM equity_data")).containsExactly("15");
    assertThat(new PartitionsCheck(retention, market::get, wall::get).check().status())
        .isEqualTo(Status.DEGRADED);
  }

  @Test
  void takesAnAnnouncementBackWhenItsReasonIsGone() throws Exception {
    rows("2025-10-06T13:30:00Z", 5);
    rows("2025-12-01T14:30:00Z", 5);
    rows("2026-01-15T14:30:00Z", 5);
    retention(Map.of("RETENTION_EQUITY", "60d")).look();
    aDayLater();

    retention(Map.of("RETENTION_EQUITY", "1y")).look();

    assertThat(query("SELECT count(*) FROM streaming.partition_drops")).containsExactly("0");
    assertThat(query("SELECT count(*) FROM equity_data")).containsExactly("15");
  }

  @Test
  void r64_withoutPartitionsRowsWaitInTheDefaultOneAndHealthSaysSo() throws Exception {
    database.execute(
        "REVOKE EXECUTE ON FUNCTION ensure_partitions(text, timestamptz, timestamptz),"
            + " settle_default_partition(text) FROM kite_streamer");
    Retention retention = retention(Map.of());
    PartitionsCheck check = new PartitionsCheck(retention, market::get, wall::get);
    rows("2026-01-15T14:30:00Z", 7);
    assertThat(check.troubles()).as("before the first look").isEmpty();

    retention.look();

    assertThat(check.troubles()).containsExactlyInAnyOrder(PartitionTrouble.values());
    CheckResult bad = check.check();
    assertThat(bad.status()).isEqualTo(Status.DEGRADED);
    assertThat(String.valueOf(bad.details().get("note")))
        .contains("the partitions could not be looked after")
        .contains("7 rows of equity_data wait in the default partition")
        .contains("has partitions until 2026-01-01T00:00:00Z only");
    assertThat(query("SELECT count(*) FROM equity_data")).containsExactly("7");

    database.execute(
        "GRANT EXECUTE ON FUNCTION ensure_partitions(text, timestamptz, timestamptz),"
            + " settle_default_partition(text) TO kite_streamer");
    retention.look();

    assertThat(check.check()).isEqualTo(CheckResult.up());
    assertThat(check.troubles()).isEmpty();
    assertThat(query("SELECT DISTINCT tableoid::regclass::text FROM equity_data"))
        .containsExactly("equity_data_2026_01");

    // The job itself dies.
    wall.updateAndGet(now -> now.plus(Duration.ofHours(4)));
    assertThat(String.valueOf(check.check().details().get("note")))
        .contains("nobody has looked after the partitions since");
    assertThat(check.troubles()).containsExactly(PartitionTrouble.JOB_FAILS);
  }

  /** Made for all tables in one transaction, each would wait for a table that the other holds. */
  @Test
  void r64_whoReadsTwoTablesDoesNotDeadlockWithAMonthBeingMade() throws Exception {
    rows("2026-01-15T14:30:00Z", 7);
    Retention retention = retention(Map.of());
    CompletableFuture<Void> look;
    try (Connection reader = database.url(DatabaseRole.STREAMER).connect();
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM indicators");

      look = CompletableFuture.runAsync(retention::look);
      awaitLockWait("indicators_default");

      statement.execute("SET LOCAL statement_timeout = '30s'");
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM equity_data")) {
        row.next();
        assertThat(row.getInt(1)).isEqualTo(7);
      }
      reader.commit();
    }
    look.get(30, TimeUnit.SECONDS);
    assertThat(String.valueOf(retention.report().problem())).doesNotContain("deadlock");

    retention.look();
    assertThat(retention.report().problem()).isNull();
    assertThat(query("SELECT DISTINCT tableoid::regclass::text FROM equity_data"))
        .containsExactly("equity_data_2026_01");
  }

  @Test
  void r64_aLongReportHoldsNoMonthUpForLong() throws Exception {
    rows("2026-01-15T14:30:00Z", 7);
    Retention retention = retention(Map.of());
    try (Connection reader = database.url(DatabaseRole.STREAMER).connect();
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT count(*) FROM equity_data");

      retention.look();

      assertThat(retention.report().problem()).contains("lock timeout");
      rows("2026-01-15T14:31:00Z", 3);
      reader.commit();
    }
    retention.look();
    assertThat(retention.report().problem()).isNull();
    assertThat(query("SELECT DISTINCT tableoid::regclass::text FROM equity_data"))
        .containsExactly("equity_data_2026_01");
  }

  private void awaitLockWait(String table) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    String waiting =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '%s'::regclass"
            .formatted(table);
    while (query(waiting).equals(List.of("0"))) {
      assertThat(System.nanoTime()).as("nobody waits for %s", table).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private Retention retention(Map<String, String> values) {
    Map<String, String> all = new java.util.HashMap<>(values);
    all.put("RETENTION_EXPORT_DIR", exports.toString());
    return new Retention(
        dataSource(), RetentionSettings.from(Settings.of(all)), market::get, wall::get);
  }

  private DataSource dataSource() {
    DatabaseUrl url = database.url(DatabaseRole.STREAMER);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url.jdbcUrl());
    source.setUser(url.user());
    source.setPassword(url.password());
    return source;
  }

  private void aDayLater() {
    wall.updateAndGet(now -> now.plus(Duration.ofDays(1)).plusSeconds(1));
    database.execute(
        "UPDATE streaming.partition_drops SET announced_at = announced_at - interval '25 hours',"
            + " due_at = due_at - interval '25 hours'");
  }

  /** Seconds with a price that moves each, and a volume that counts up from 0. */
  private void rows(String from, int seconds) throws SQLException {
    execute(
        "INSERT INTO equity_data (ticker, timestamp, price, volume) SELECT 'SPY', '%s'::timestamptz + s * interval '1 second', 100 + s * 0.01, s FROM generate_series(0, %d) s"
            .formatted(from, seconds - 1));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.url(DatabaseRole.STREAMER).connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> query(String sql) throws SQLException {
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

  private static List<String> lines(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
