package io.alphakite.streaming.replay;

import static org.awaitility.Awaitility.await;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.RunningService;
import io.alphakite.platform.ServiceLauncher;
import io.alphakite.platform.settings.Settings;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.auth.Tokens;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.streaming.StreamingService;
import io.alphakite.streaming.intake.StreamIntake;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A simulator replaying one recorded day, of SPY above all, a database, and the streaming service,
 * which can be stopped, killed and started again.
 */
final class ReplayRig implements AutoCloseable {
  private static final String KEY = "test-key";
  private static final String SECRET = "test-secret";

  private final TestDatabase database = TestDatabase.create();
  private final Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  final SimulatorServer simulator;
  private @Nullable RunningService service;
  private @Nullable Process process;

  ReplayRig(Path directory, Map<String, String> simulated) {
    this.directory = directory;
    Map<String, String> settings = new HashMap<>();
    settings.put("SIMULATOR_PORT", "0");
    settings.put("SCHWAB_APP_KEY", KEY);
    settings.put("SCHWAB_APP_SECRET", SECRET);
    settings.put("SIMULATOR_START_SESSION", "2013-10-08");
    settings.put("SIMULATOR_STOP_AFTER_SESSIONS", "1");
    settings.putAll(simulated);
    simulator = SimulatorServer.start(SimulatorSettings.of(settings));
  }

  /** Settings of the service, with others on top. */
  Map<String, String> settings(Map<String, String> others) {
    Path token = directory.resolve("schwab-token.json");
    writeToken(token);
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
    settings.put("SPILL_DIR", directory.resolve("spill").toString());
    settings.put("STREAM_TICKERS", "SPY");
    settings.put("STREAM_OPTIONS", "false");
    settings.put("MARKET_CLOCK", "feed");
    settings.putAll(others);
    return settings;
  }

  /** Where the database is, for somebody to stand before it. */
  String databaseUrl() {
    return database.jdbcUrl();
  }

  /** Writes a token as after a person's login. */
  void writeToken(Path token) {
    Tokens.Grant grant = simulator.login();
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
  }

  /** Starts the service in this process. */
  RunningService start(Map<String, String> others) {
    return start(others, InstantSource.system());
  }

  /** Starts the service in this process with a time of day of its own. */
  RunningService start(Map<String, String> others, InstantSource wallClock) {
    RunningService started =
        ServiceLauncher.start(
            StreamingService.DEFINITION, Settings.of(settings(others)), wallClock);
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
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(directory.resolve("service.log").toFile()));
    process = builder.start();
  }

  /** Kills the process at once, whatever it is doing. */
  void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
      process = null;
    }
  }

  /** Tells the process to stop, as a supervisor would, and says how long it took. */
  Duration terminate() {
    long start = System.nanoTime();
    Process stopping = Objects.requireNonNull(process);
    stopping.destroy();
    stopping.onExit().join();
    process = null;
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** What the simulator's own quote says of SPY. */
  record Image(long totalVolume, Instant tradeTime, Instant quoteTime) {
    /** The newest moment it knows. */
    Instant newest() {
      return tradeTime.isAfter(quoteTime) ? tradeTime : quoteTime;
    }
  }

  /** Asks the simulator for its quote of SPY. */
  Image image() {
    return image("SPY");
  }

  /** Asks the simulator for its quote of a ticker. */
  Image image(String ticker) {
    String quote = get("/marketdata/v1/quotes?symbols=" + ticker + "&fields=quote");
    return new Image(
        number(quote, "totalVolume"),
        Instant.ofEpochMilli(number(quote, "tradeTime")),
        Instant.ofEpochMilli(number(quote, "quoteTime")));
  }

  /** Waits until a service streams SPY. */
  void awaitSubscribed() {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> get("/control/replay").contains("\"subscribed\":[\"SPY\"]"));
  }

  /** Waits until the service of this process has logged in so many times. */
  void awaitLogins(int count) {
    SchwabStream stream = Objects.requireNonNull(service).context().getBean(SchwabStream.class);
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> stream.stats().connections() >= count);
  }

  /** Waits until nobody streams any more. */
  void awaitNobody() {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> number(get("/control/replay"), "connections") == 0);
  }

  /** Waits until so many rows are written. */
  void awaitRows(int count) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> sql("SELECT count(*) >= " + count + " FROM equity_data").equals(List.of("t")));
  }

  /** Waits until account activity of this type is written. */
  void awaitAccountEvent(String type) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                sql("SELECT count(*) > 0 FROM account_events WHERE message_type = '" + type + "'")
                    .equals(List.of("t")));
  }

  /** With the market held: waits until the service has written all there is. */
  void awaitWritten() {
    awaitWritten("SPY");
  }

  /** With the market held: waits until the service has written all there is of a ticker. */
  void awaitWritten(String ticker) {
    Image image = image(ticker);
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                sql("SELECT day_volume || ' ' || (newest_trade = '"
                        + image.tradeTime()
                        + "') FROM streaming.ticker_states WHERE ticker = '"
                        + ticker
                        + "'")
                    .equals(List.of(image.totalVolume() + " true")));
  }

  /**
   * Logs in to the streamer as another program of the same user, which ends the service's login.
   */
  WebSocket takeOver() {
    WebSocket socket =
        http.newWebSocketBuilder()
            .buildAsync(
                URI.create(simulator.baseUrl().toString().replace("http:", "ws:") + "/ws"),
                new WebSocket.Listener() {})
            .join();
    String login =
        """
        {"requests":[{"service":"ADMIN","requestid":"1","command":"LOGIN",
         "SchwabClientCustomerId":"simulator-customer","SchwabClientCorrelId":"other",
         "parameters":{"Authorization":"%s","SchwabClientChannel":"N9","SchwabClientFunctionId":"APIAPP"}}]}
        """;
    socket.sendText(login.formatted(simulator.login().accessToken()), true).join();
    return socket;
  }

  /** Buys one share of SPY at the market, and gives the account's number. */
  String buy() {
    String accounts = get("/trader/v1/accounts/accountNumbers");
    Matcher account =
        Pattern.compile("\"accountNumber\":\"(\\d+)\",\"hashValue\":\"(\\w+)\"").matcher(accounts);
    if (!account.find()) {
      throw new IllegalStateException(accounts);
    }
    String order =
        """
        {"orderType":"MARKET","session":"NORMAL","duration":"DAY","orderStrategyType":"SINGLE",
         "orderLegCollection":[{"instruction":"BUY","quantity":1,
           "instrument":{"symbol":"SPY","assetType":"EQUITY"}}]}
        """;
    HttpResponse<String> answer =
        send(
            request("/trader/v1/accounts/" + account.group(2) + "/orders")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(order)));
    if (answer.statusCode() != 201) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
    return account.group(1);
  }

  /** What the service of this process says of its health. */
  String health() {
    int port = Objects.requireNonNull(service).port();
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))).body();
  }

  /** The database, as a role sees it. */
  DatabaseUrl database(DatabaseRole role) {
    return database.url(role);
  }

  /** The database, to look at and to break. */
  DatabaseUrl superuser() {
    return database.superuser();
  }

  /** Asks the simulator. */
  String get(String path) {
    return send(request(path)).body();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(simulator.baseUrl() + path))
        .header("Authorization", "Bearer " + simulator.login().accessToken());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static long number(String json, String field) {
    Matcher matcher = Pattern.compile('"' + field + "\"\\s*:\\s*(\\d+)").matcher(json);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + field + " in " + json);
    }
    return Long.parseLong(matcher.group(1));
  }

  /** Waits until the market has reached this time. */
  void awaitMarket(Instant time) {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(2))
        .until(() -> !simulator.marketTime().isBefore(time));
  }

  /** Waits until the session is over and the service has written all of it. */
  void awaitOver() {
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> simulator.replay().stopped());
    awaitWritten();
  }

  /** With the market held: waits until the service of this process has taken all there is. */
  long settledTicks() {
    Image image = image();
    StreamIntake intake = Objects.requireNonNull(service).context().getBean(StreamIntake.class);
    Ticker spy = new Ticker("SPY");
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> image.tradeTime().equals(intake.status().newestTicks().get(spy)));
    return intake.status().counts().ticks();
  }

  /** SPY's rows as they are stored. */
  List<RawDay.Row> rows() throws SQLException {
    return rows("SPY");
  }

  /** A ticker's rows as they are stored. */
  List<RawDay.Row> rows(String ticker) throws SQLException {
    List<RawDay.Row> rows = new ArrayList<>();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT extract(epoch FROM e.timestamp)::bigint, price, volume, source, sma9, vwap "
                    + "FROM equity_data e FULL JOIN indicators i USING (ticker, timestamp) "
                    + "WHERE ticker = '"
                    + ticker
                    + "' ORDER BY timestamp")) {
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

  /** A ticker's bars as they are stored: minute (epoch seconds), prices, volume. */
  List<String> bars(String ticker) throws SQLException {
    return sql(
        "SELECT concat_ws(' ', extract(epoch FROM timestamp)::bigint, open, high, low, close, volume)"
            + " FROM equity_bars WHERE ticker = '"
            + ticker
            + "' ORDER BY timestamp");
  }

  /** The simulator's own minute candles of a day's regular session, in the same form. */
  List<String> candles(String ticker, Instant from, Instant to) {
    String answer =
        get(
            "/marketdata/v1/pricehistory?symbol=%s&periodType=day&frequencyType=minute&frequency=1&startDate=%d&endDate=%d"
                .formatted(ticker, from.toEpochMilli(), to.toEpochMilli()));
    List<String> candles = new ArrayList<>();
    for (JsonNode candle : JsonMapper.shared().readTree(answer).get("candles")) {
      candles.add(
          "%d %s %s %s %s %d"
              .formatted(
                  candle.get("datetime").asLong() / 1_000,
                  price(candle, "open"),
                  price(candle, "high"),
                  price(candle, "low"),
                  price(candle, "close"),
                  candle.get("volume").asLong()));
    }
    return candles;
  }

  private static BigDecimal price(JsonNode candle, String name) {
    return candle.get(name).decimalValue().setScale(4);
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
    http.close();
    database.close();
  }
}
