package io.alphakite.suite;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.db.Migrations;
import io.alphakite.engine.TradingEngine;
import io.alphakite.gateway.ApiGateway;
import io.alphakite.gateway.access.BootstrapKey;
import io.alphakite.gateway.access.SignInLinks;
import io.alphakite.platform.RunningService;
import io.alphakite.platform.ServiceDefinition;
import io.alphakite.platform.ServiceLauncher;
import io.alphakite.platform.StartupException;
import io.alphakite.platform.database.DatabaseSettings;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.streaming.StreamingService;
import io.alphakite.suite.broker.CommandBroker;
import io.alphakite.suite.database.EmbeddedDatabase;
import io.alphakite.suite.database.SuiteHome;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole suite in this process: database, simulator (unless live), streaming service, engine and
 * gateway, each service with its own Spring context, port and database role. Stops in the opposite
 * order, so that what is in memory reaches the database.
 */
final class RunningSuite implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunningSuite.class);

  private record Part(String name, AutoCloseable stop) {}

  private final Deque<Part> parts = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Progress progress;
  private final Path home;
  private final boolean live;
  private final Map<String, String> environment;
  private final Map<String, RunningService> services = new HashMap<>();

  /** The recorded day that is streamed instead of a market; null otherwise. */
  private final @Nullable Path replayed;

  private RunningSuite(
      Settings settings, boolean live, @Nullable Path replayed, Progress progress) {
    this.replayed = replayed;
    this.environment = new HashMap<>(settings.all());
    // A blank line of .env is no setting: the defaults below must not give way to it.
    environment.values().removeIf(String::isBlank);
    this.live = live;
    this.progress = progress;
    this.home = home(settings);
  }

  /**
   * Starts everything; returns when the page can be opened.
   *
   * @throws SuiteException with one line when a part cannot start; what had started is stopped
   */
  static RunningSuite start(Settings settings, boolean live, Progress progress) {
    return started(new RunningSuite(settings, live, null, progress));
  }

  /**
   * Starts database, streaming service and gateway over a recorded day; nobody trades.
   *
   * @param folder of the day
   * @throws SuiteException with one line when a part cannot start; what had started is stopped
   */
  static RunningSuite replay(Settings settings, Path folder, Progress progress) {
    if (settings.text("DATABASE_URL").isPresent()) {
      throw new SuiteException(
          "a replay has a database of its own under KITE_HOME: unset DATABASE_URL");
    }
    return started(new RunningSuite(settings, false, folder, progress));
  }

  private static RunningSuite started(RunningSuite suite) {
    try {
      suite.startAll();
      return suite;
    } catch (StartupException | SettingsException | SchwabException e) {
      suite.close();
      throw new SuiteException(String.valueOf(e.getMessage()), e);
    } catch (SQLException | FlywayException e) {
      suite.close();
      throw new SuiteException("the database: " + firstLine(e), e);
    } catch (IOException | RuntimeException e) {
      suite.close();
      throw e instanceof SuiteException told ? told : new SuiteException(firstLine(e), e);
    }
  }

  /** Where the page is. */
  URI page() {
    return URI.create("http://localhost:" + requireGateway().port() + "/");
  }

  /** A new one-time address that signs a browser in. */
  URI signIn() {
    return page().resolve(requireGateway().context().getBean(SignInLinks.class).mint());
  }

  /** The first API key, when this start made it; asked for once, since only its hash is kept. */
  Optional<String> newAdminKey() {
    return requireGateway().context().getBean(BootstrapKey.class).reveal();
  }

  /** The HTTP port of a service, e.g. {@code trading-engine}. */
  int port(String service) {
    return running(service).port();
  }

  /** Whether this run talks to Schwab itself. */
  boolean live() {
    return live;
  }

  /** Where a run with these settings keeps its data. */
  static Path home(Settings settings) {
    return SuiteHome.of(settings).directory();
  }

  /** Where this run keeps its data. */
  Path home() {
    return home;
  }

  /** Stops what was started last first. Safe to call twice. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.stop().close();
      } catch (Exception e) {
        log.atError()
            .setCause(e)
            .addKeyValue("event", "suite.stop_failed")
            .log("{} did not stop well", part.name());
      }
    }
  }

  private void startAll() throws IOException, SQLException {
    Files.createDirectories(home);
    lockHome();
    if (!live) {
      useSimulatorDefaults();
    }
    useReplay();
    environment.putIfAbsent("SPILL_DIR", home.resolve("spill").toString());
    environment.putIfAbsent("RECORD_DIR", home.resolve("recordings").toString());
    environment.putIfAbsent("HALT_FILE", home.resolve("halt").toString());
    Map<DatabaseRole, Map<String, String>> logins = startDatabase();
    Optional<SimulatorServer> simulator =
        live || environment.containsKey("SCHWAB_BASE_URL")
            ? Optional.empty()
            : Optional.of(startSimulator());
    if (!live) {
      logIn();
    }
    startService(StreamingService.DEFINITION, logins);
    startService(ApiGateway.DEFINITION, logins);
    if (replayed == null) {
      startService(TradingEngine.DEFINITION, logins);
    }
    // The first to stop: what the market has sent by then is taken in, and the next start goes on
    // from there.
    simulator.ifPresent(market -> parts.push(new Part("market", () -> market.paused(true))));
  }

  private RunningService requireGateway() {
    return running(ApiGateway.DEFINITION.name());
  }

  private RunningService running(String service) {
    return Objects.requireNonNull(services.get(service), service);
  }

  private void lockHome() throws IOException {
    FileChannel file =
        new SuiteHome(home)
            .lock()
            .orElseThrow(
                () ->
                    new SuiteException(
                        "Alpha Kite already runs from "
                            + home
                            + ": stop it first, or set KITE_HOME"));
    parts.push(new Part("lock", file));
  }

  /**
   * What {@code ./kite up} means unless it is told otherwise. Nothing of a real login reaches a
   * simulated run.
   */
  private void useSimulatorDefaults() {
    String address = environment.getOrDefault("SCHWAB_BASE_URL", "");
    if (!CommandBroker.isLoopback(address)) {
      environment.remove("SCHWAB_BASE_URL");
      environment.putAll(CommandBroker.SIMULATOR_LOGIN);
      environment.remove("SCHWAB_ACCOUNT");
      environment.remove("SCHWAB_TOKEN_KEY");
      environment.put("SCHWAB_TOKEN_FILE", new SuiteHome(home).simulatorToken().toString());
    } else {
      CommandBroker.SIMULATOR_LOGIN.forEach(environment::putIfAbsent);
      environment.putIfAbsent("SCHWAB_TOKEN_FILE", new SuiteHome(home).simulatorToken().toString());
    }
    environment.putIfAbsent("SIMULATOR_STATE_DIR", home.resolve("simulator").toString());
    environment.putIfAbsent(
        "STREAM_TICKERS", environment.getOrDefault("STREAM_TICKER", "SPY,IBM,BAC"));
    environment.putIfAbsent("MARKET_CLOCK", "feed");
    environment.putIfAbsent("STREAM_OPTIONS", "false");
    environment.putIfAbsent("TRADING_MODE", "live");
    environment.putIfAbsent("TRADING_ARMED", "true");
    environment.putIfAbsent("AUTO_TRADING", "true");
  }

  /** What comes from the recording must not meet anything else. */
  private void useReplay() {
    Path folder = replayed;
    if (folder != null) {
      environment.put("REPLAY_FRAMES", folder.toString());
      environment.put("MARKET_CLOCK", "feed");
      environment.put("RECORD_FRAMES", "false");
      environment.put("SPILL_DIR", home.resolve("spill-replayed").toString());
      environment.remove("SIMULATOR_STATE_DIR");
    }
  }

  /** Starts or finds the database, migrates it and gives each service its login. */
  private Map<DatabaseRole, Map<String, String>> startDatabase() throws IOException, SQLException {
    DatabaseUrl owner;
    if (environment.getOrDefault("DATABASE_URL", "").isBlank()) {
      EmbeddedDatabase database = EmbeddedDatabase.start(home);
      parts.push(new Part("PostgreSQL", database));
      // Replayed days and real ones never meet in one database.
      if (replayed != null) {
        owner = database.fresh(SuiteHome.REPLAYED);
      } else {
        String name = live ? SuiteHome.LIVE : SuiteHome.SIMULATED;
        owner = database.administrator(name);
        new SuiteHome(home).remember(name);
      }
    } else {
      owner = DatabaseSettings.of(Settings.of(environment), DatabaseRole.OWNER);
    }
    Map<DatabaseRole, String> passwords = new EnumMap<>(DatabaseRole.class);
    passwords.put(DatabaseRole.STREAMER, password("KITE_STREAMER_DB_PASSWORD"));
    passwords.put(DatabaseRole.ENGINE, password("KITE_ENGINE_DB_PASSWORD"));
    passwords.put(DatabaseRole.GATEWAY, password("KITE_GATEWAY_DB_PASSWORD"));
    Migrations.Result schema = Migrations.apply(owner, passwords);
    progress.step("PostgreSQL, schema " + schema.version());
    Map<DatabaseRole, Map<String, String>> logins = new EnumMap<>(DatabaseRole.class);
    passwords.forEach(
        (role, password) ->
            logins.put(
                role,
                Map.of(
                    "DATABASE_URL", owner.jdbcUrl(),
                    "DATABASE_USER", role.roleName(),
                    "DATABASE_PASSWORD", password)));
    return logins;
  }

  private String password(String setting) {
    String given = environment.getOrDefault(setting, "");
    if (!given.isBlank()) {
      return given;
    }
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private SimulatorServer startSimulator() {
    SimulatorServer simulator = SimulatorServer.start(SimulatorSettings.of(environment));
    parts.push(new Part("simulator", simulator));
    environment.put("SCHWAB_BASE_URL", simulator.baseUrl().toString());
    progress.step("Schwab simulator on port " + simulator.port());
    return simulator;
  }

  /** The simulator needs no person at its login page. */
  private void logIn() throws IOException {
    Path token = Path.of(environment.getOrDefault("SCHWAB_TOKEN_FILE", ""));
    if (token.getParent() != null) {
      Files.createDirectories(token.getParent());
    }
    SchwabConfig config =
        SchwabConfig.of(
            environment.getOrDefault("SCHWAB_BASE_URL", ""),
            environment.getOrDefault("SCHWAB_APP_KEY", ""),
            environment.getOrDefault("SCHWAB_APP_SECRET", ""),
            environment.getOrDefault("SCHWAB_CALLBACK_URL", ""),
            token,
            environment.get("SCHWAB_TOKEN_KEY"));
    SchwabApi.connect(config, InstantSource.system()).login().withoutPerson();
  }

  private void startService(
      ServiceDefinition definition, Map<DatabaseRole, Map<String, String>> logins) {
    Settings settings =
        Settings.of(environment).with(logins.getOrDefault(definition.role(), Map.of()));
    RunningService running = ServiceLauncher.start(definition, settings);
    parts.push(new Part(definition.name(), running));
    services.put(definition.name(), running);
    progress.step(definition.name() + " on port " + running.port());
  }

  private static String firstLine(Throwable failure) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return message.lines().findFirst().orElse(message);
  }
}
