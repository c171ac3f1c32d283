package io.alphakite.streaming.replay;

import static org.awaitility.Awaitility.await;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.platform.RunningService;
import io.alphakite.platform.ServiceLauncher;
import io.alphakite.platform.settings.Settings;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.auth.Tokens;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.streaming.StreamingService;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A simulator replaying one recorded day of SPY, a database, and the streaming service, which can
 * be stopped, killed and started again.
 */
final class ReplayRig implements AutoCloseable {
  private static final String KEY = "test-key";
  private static final String SECRET = "test-secret";

  private final TestDatabase database = TestDatabase.create();
  private final Path directory;
  final SimulatorServer simulator;
  private @Nullable RunningService service;
  private @Nullable Process process;

  ReplayRig(Path directory, String session, int speed) {
    this.directory = directory;
    simulator =
        SimulatorServer.start(
            SimulatorSettings.of(
                Map.of(
                    "SIMULATOR_PORT",
                    "0",
                    "SCHWAB_APP_KEY",
                    KEY,
                    "SCHWAB_APP_SECRET",
                    SECRET,
                    "KITE_REPLAY_SPEED",
                    Integer.toString(speed),
                    "SIMULATOR_START_SESSION",
                    session,
                    "SIMULATOR_STOP_AFTER_SESSIONS",
                    "1")));
  }

  /** Settings of the service, with others on top. */
  Map<String, String> settings(Map<String, String> others) {
    Tokens.Grant grant = simulator.login();
    Path token = directory.resolve("schwab-token.json");
    try {
      if (!Files.exists(token)) {
        Files.createFile(
            token,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.writeString(
          token,
          "{\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"expires_at\":\"%s\",\"token_type\":\"Bearer\"}"
              .formatted(grant.accessToken(), grant.refreshToken(), grant.expiresAt()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    DatabaseUrl url = database.url(DatabaseRole.STREAMER);
    Map<String, String> settings = new HashMap<>();
    settings.put("DATABASE_URL", url.jdbcUrl());
    settings.put("DATABASE_USER", String.valueOf(url.user()));
    settings.put("DATABASE_PASSWORD", String.valueOf(url.password()));
    settings.put("SCHWAB_BASE_URL", simulator.baseUrl().toString());
    settings.put("SCHWAB_APP_KEY", KEY);
    settings.put("SCHWAB_APP_SECRET", SECRET);
    settings.put("SCHWAB_CALLBACK_URL", "https://127.0.0.1");
    settings.put("SCHWAB_TOKEN_FILE", token.toString());
    settings.put("STREAMER_PORT", "0");
    settings.put("STREAM_TICKERS", "SPY");
    settings.put("STREAM_OPTIONS", "false");
    settings.put("MARKET_CLOCK", "feed");
    settings.putAll(others);
    return settings;
  }

  /** Starts the service in this process. */
  RunningService start(Map<String, String> others) {
    RunningService started =
        ServiceLauncher.start(StreamingService.DEFINITION, Settings.of(settings(others)));
    service = started;
    return started;
  }

  /** Stops the service of this process as a person would. */
  void stop() {
    if (service != null) {
      service.close();
      service = null;
    }
  }

  /** Starts the service as a process of its own, to be killed. */
  void startProcess(Map<String, String> others) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            "io.alphakite.streaming.StreamingService");
    builder.environment().putAll(settings(others));
    builder.redirectErrorStream(true);
    builder.redirectOutput(directory.resolve("service.log").toFile());
    process = builder.start();
  }

  /** Kills the process at once, whatever it is doing. */
  void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
      process = null;
    }
  }

  /** Waits until the market has reached this time. */
  void awaitMarket(Instant time) {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(2))
        .until(() -> !simulator.marketTime().isBefore(time));
  }

  /** Waits until the session is over and the service has written its last trade. */
  void awaitEnd(Instant lastTrade) {
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> simulator.replay().stopped());
    awaitTrade(lastTrade);
  }

  /** Waits until the service has written what it knows up to this trade. */
  void awaitTrade(Instant trade) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                sql("SELECT newest_trade >= '" + trade + "' FROM streaming.ticker_states")
                    .equals(List.of("t")));
  }

  /** The rows as they are stored. */
  List<RawDay.Row> rows() throws SQLException {
    List<RawDay.Row> rows = new ArrayList<>();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT extract(epoch FROM e.timestamp)::bigint, price, volume, source, sma9, vwap "
                    + "FROM equity_data e FULL JOIN indicators i USING (ticker, timestamp) "
                    + "WHERE ticker = 'SPY' ORDER BY timestamp")) {
      while (result.next()) {
        rows.add(
            new RawDay.Row(
                result.getLong(1),
                result.getBigDecimal(2),
                result.getLong(3),
                result.getString(4),
                result.getBigDecimal(5),
                result.getBigDecimal(6)));
      }
    }
    return rows;
  }

  List<String> sql(String query) throws SQLException {
    List<String> result = new ArrayList<>();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        result.add(rows.getString(1));
      }
    }
    return result;
  }

  @Override
  public void close() {
    kill();
    stop();
    simulator.close();
    database.close();
  }
}
