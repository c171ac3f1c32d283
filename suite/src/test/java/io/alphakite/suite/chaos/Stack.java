package io.alphakite.suite.chaos;

import static org.awaitility.Awaitility.await;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.db.Migrations;
import io.alphakite.engine.TradingEngine;
import io.alphakite.gateway.ApiGateway;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.simulator.SchwabSimulator;
import io.alphakite.streaming.StreamingService;
import io.alphakite.suite.database.EmbeddedDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * PostgreSQL, simulator, streaming service, engines and gateway, each a process of its own. The
 * engines reach database and broker through relays, which can be cut and which keep every request.
 */
final class Stack implements AutoCloseable {
  private static final String KEY = "chaos-admin-key-0123456789";
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  final TcpRelay toDatabase = new TcpRelay(false);
  final TcpRelay toBroker = new TcpRelay(true);
  final ServiceProcess simulator;
  final ServiceProcess streamer;
  final ServiceProcess gateway;
  final List<Engine> engines = new ArrayList<>();

  /** An engine and its own way to the database. */
  record Engine(ServiceProcess process, TcpRelay toDatabase) {}

  private final Path home;
  private final int gatewayPort;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  private final SchwabConfig login;
  private EmbeddedDatabase database;

  /**
   * Starts everything and waits until an engine trades.
   *
   * @param engines how many engines of the one account
   */
  Stack(Path home, int engines) throws Exception {
    this.home = home;
    database = EmbeddedDatabase.start(home);
    DatabaseUrl owner = database.administrator("kite");
    int databasePort = port(owner);
    toDatabase.to(databasePort);
    Migrations.apply(
        owner,
        Map.of(
            DatabaseRole.STREAMER, "streamer",
            DatabaseRole.ENGINE, "engine",
            DatabaseRole.GATEWAY, "gateway"));
    int simulatorPort = freePort();
    toBroker.to(simulatorPort);
    simulator =
        new ServiceProcess(
            "simulator",
            SchwabSimulator.class,
            Map.of(
                "SIMULATOR_PORT", Integer.toString(simulatorPort),
                "SIMULATOR_STATE_DIR", home.resolve("simulator").toString(),
                "SIMULATOR_CASH", "10000000",
                "SIMULATOR_START_SESSION", "2013-10-08",
                // The session lasts as long as it did.
                "KITE_REPLAY_SPEED", "1"),
            home);
    simulator.start();
    Path token = home.resolve("token.json");
    login =
        SchwabConfig.of(
            "http://127.0.0.1:" + toBroker.port(),
            "chaos-app-key",
            "chaos-app-secret",
            "https://127.0.0.1",
            token,
            null);
    logIn();
    streamer =
        new ServiceProcess(
            "streamer",
            StreamingService.class,
            service(
                DatabaseRole.STREAMER,
                toDatabase,
                Map.of(
                    "STREAMER_PORT", "0",
                    "STREAM_TICKERS", "SPY,IBM,BAC",
                    "STREAM_OPTIONS", "false",
                    "SPILL_DIR", home.resolve("spill").toString())),
            home);
    streamer.start();
    gatewayPort = freePort();
    gateway =
        new ServiceProcess(
            "gateway",
            ApiGateway.class,
            service(
                DatabaseRole.GATEWAY,
                toDatabase,
                Map.of("GATEWAY_PORT", Integer.toString(gatewayPort), "KITE_ADMIN_KEY", KEY)),
            home);
    gateway.start();
    for (int i = 0; i < engines; i++) {
      TcpRelay own = new TcpRelay(false);
      own.to(databasePort);
      Engine engine =
          new Engine(
              new ServiceProcess(
                  "engine-" + i,
                  TradingEngine.class,
                  service(DatabaseRole.ENGINE, own, LIMITS),
                  home),
              own);
      this.engines.add(engine);
      engine.process().start();
    }
  }

  private static final Map<String, String> LIMITS =
      Map.ofEntries(
          Map.entry("ENGINE_PORT", "0"),
          Map.entry("TRADING_MODE", "live"),
          Map.entry("TRADING_ARMED", "true"),
          Map.entry("RISK_MAX_ORDER_QUANTITY", "100"),
          Map.entry("RISK_MAX_POSITION_NOTIONAL", "5000000"),
          Map.entry("RISK_MAX_DAILY_LOSS", "1000000"),
          Map.entry("RISK_MAX_OPEN_ORDERS", "200"),
          Map.entry("RISK_MAX_ORDERS_PER_MINUTE", "600"),
          Map.entry("RISK_PRICE_COLLAR_PERCENT", "20"));

  private Map<String, String> service(DatabaseRole role, TcpRelay way, Map<String, String> own) {
    Map<String, String> settings = new HashMap<>(own);
    settings.put("DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + way.port() + "/kite");
    settings.put("DATABASE_USER", role.roleName());
    settings.put(
        "DATABASE_PASSWORD",
        switch (role) {
          case STREAMER -> "streamer";
          case ENGINE -> "engine";
          default -> "gateway";
        });
    settings.put("MARKET_CLOCK", "feed");
    if (role == DatabaseRole.ENGINE) {
      settings.put("HALT_FILE", home.resolve("halt").toString());
    }
    if (role != DatabaseRole.GATEWAY) {
      settings.put("SCHWAB_BASE_URL", login.baseUrl().toString());
      settings.put("SCHWAB_APP_KEY", "chaos-app-key");
      settings.put("SCHWAB_APP_SECRET", "chaos-app-secret");
      settings.put("SCHWAB_CALLBACK_URL", "https://127.0.0.1");
      settings.put("SCHWAB_TOKEN_FILE", home.resolve("token.json").toString());
    }
    return settings;
  }

  /** A person's login, which a simulator forgets when it is killed. */
  void logIn() {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(
            () -> {
              SchwabApi.connect(login, InstantSource.system()).login().withoutPerson();
              return true;
            });
  }

  /** {@code kill -9} of PostgreSQL's first process; its children end themselves. */
  void killDatabase() throws IOException, InterruptedException {
    Signals.send("KILL", postmaster());
  }

  /** Starts PostgreSQL over what the killed one left. */
  void startDatabase() throws IOException {
    try {
      database.close();
    } catch (IOException | RuntimeException _) {
      // There is nothing left to stop; its lock on the folder is let go all the same.
    }
    database = EmbeddedDatabase.start(home);
    int port = port(database.administrator("kite"));
    toDatabase.to(port);
    engines.forEach(engine -> engine.toDatabase().to(port));
  }

  /** Freezes or thaws all of PostgreSQL. */
  void signalDatabase(String signal) throws IOException, InterruptedException {
    long first = postmaster();
    long[] all =
        java.util.stream.LongStream.concat(
                java.util.stream.LongStream.of(first),
                ProcessHandle.of(first).stream()
                    .flatMap(ProcessHandle::descendants)
                    .mapToLong(ProcessHandle::pid))
            .toArray();
    for (long pid : all) {
      try {
        Signals.send(signal, pid);
      } catch (IOException _) {
        // A connection's process that has ended since.
      }
    }
  }

  private long postmaster() throws IOException {
    return Long.parseLong(
        Files.readAllLines(home.resolve("postgres").resolve("postmaster.pid")).getFirst().strip());
  }

  /** An answer of the API; empty when the gateway or the database is away. */
  record Answer(int status, JsonNode body) {}

  /** Asks the gateway once; null when there is no answer. */
  @Nullable Answer ask(String method, String path, @Nullable String body, @Nullable String key)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gatewayPort + path))
            .timeout(ANSWER)
            .header("Authorization", "Bearer " + KEY)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() >= 500
          ? null
          : new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    } catch (IOException _) {
      return null;
    }
  }

  /** The rows of a query, each as its columns' texts. */
  List<List<String>> sql(String query) throws SQLException, IOException {
    List<List<String>> rows = new ArrayList<>();
    try (Connection connection = database.administrator("kite").connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  /** The database for a command that looks at it. */
  Map<String, String> commandSettings() throws IOException {
    DatabaseUrl owner = database.administrator("kite");
    return Map.of(
        "DATABASE_URL", owner.jdbcUrl(),
        "DATABASE_USER", String.valueOf(owner.user()),
        "DATABASE_PASSWORD", String.valueOf(owner.password()));
  }

  /** What {@code ./kite halt} is given beside an engine. */
  Map<String, String> haltSettings() {
    Map<String, String> settings = service(DatabaseRole.ENGINE, toDatabase, Map.of());
    settings.put("DATABASE_USER", DatabaseRole.GATEWAY.roleName());
    settings.put("DATABASE_PASSWORD", "gateway");
    return settings;
  }

  /** The simulator's own answer to one of its control calls or the broker's. */
  SchwabApi broker() {
    return SchwabApi.connect(login, InstantSource.system());
  }

  private static int port(DatabaseUrl url) {
    return URI.create(url.jdbcUrl().substring("jdbc:".length())).getPort();
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    gateway.close();
    engines.forEach(engine -> engine.process().close());
    streamer.close();
    simulator.close();
    database.close();
    toBroker.close();
    toDatabase.close();
    for (Engine engine : engines) {
      engine.toDatabase().close();
    }
    http.close();
  }
}
