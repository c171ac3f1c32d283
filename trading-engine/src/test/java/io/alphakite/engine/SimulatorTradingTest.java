package io.alphakite.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.engine.FaultProxy.Fault;
import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.logging.ErrorCounter;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.market.EquityQuote;
import io.alphakite.schwab.trader.AccountHash;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.OrderRequest;
import io.alphakite.schwab.trader.Orders;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.testing.FaultyConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The engine in live mode against the simulated Schwab, over sockets that fail when told to. */
@Timeout(120)
class SimulatorTradingTest {

  private static final Ticker SPY = Ticker.of("SPY");

  private final EngineBench engine = new EngineBench();
  private final ScheduledExecutorService pump = Executors.newSingleThreadScheduledExecutor();
  private final SimulatorServer simulator =
      SimulatorServer.start(
          SimulatorSettings.of(
              Map.of(
                  "SIMULATOR_PORT", "0",
                  "KITE_REPLAY_SPEED", "60",
                  "SIMULATOR_WAIT_FOR_SUBSCRIBER", "false",
                  "SCHWAB_APP_KEY", "key",
                  "SCHWAB_APP_SECRET", "secret",
                  "SCHWAB_CALLBACK_URL", "https://127.0.0.1:8182")));
  private final FaultProxy proxy = new FaultProxy(simulator.baseUrl());
  private final SchwabApi person;
  private @Nullable Future<?> pumping;

  /** By how many percent our quotes are below those the broker trades at. */
  private volatile int behind;

  SimulatorTradingTest(@TempDir Path directory) {
    Path token = directory.resolve("token.json");
    person =
        SchwabApi.connect(
            SchwabConfig.of(
                proxy.url().toString(), "key", "secret", "https://127.0.0.1:8182", token, null),
            InstantSource.system());
    person.login().withoutPerson();
    engine
        .with("TRADING_MODE", "live")
        .with("TRADING_ARMED", "true")
        .with("SCHWAB_BASE_URL", proxy.url().toString())
        .with("SCHWAB_APP_KEY", "key")
        .with("SCHWAB_APP_SECRET", "secret")
        .with("SCHWAB_CALLBACK_URL", "https://127.0.0.1:8182")
        .with("SCHWAB_TOKEN_FILE", token.toString());
  }

  /** As the streamer: the simulator's quotes into the table, again and again. */
  @BeforeEach
  void stream() {
    // Until the session is open, and a little more, so that both sides are quoted.
    EngineBench.await(
        "the market to open",
        () -> simulator.marketTime().isAfter(Instant.parse("2013-10-07T13:30:05Z")),
        () -> simulator.marketTime().toString());
    copyQuote();
    pumping = pump.scheduleWithFixedDelay(this::copyQuote, 0, 50, TimeUnit.MILLISECONDS);
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (pumping != null) {
      assertThat(pumping.state()).as("quotes kept coming").isEqualTo(Future.State.RUNNING);
      pumping.cancel(false);
    }
    pump.shutdown();
    assertThat(pump.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    engine.close();
    proxy.close();
    simulator.close();
  }

  private synchronized void copyQuote() {
    EquityQuote quote = quote();
    if (quote.bid() != null
        && quote.ask() != null
        && quote.last() != null
        && quote.quoteTime() != null) {
      engine.quote(
          "SPY",
          shown(quote.bid()),
          shown(quote.ask()),
          quote.askSize() == null ? 0 : quote.askSize(),
          quote.last().toString(),
          quote.quoteTime());
    }
  }

  private String shown(Price price) {
    BigDecimal shown = price.toBigDecimal().multiply(BigDecimal.valueOf(100L - behind, 2));
    return shown.setScale(2, RoundingMode.DOWN).toPlainString();
  }

  private EquityQuote quote() {
    EquityQuote quote = person.marketData().quotes(List.of(SPY)).get(SPY);
    if (quote == null) {
      throw new IllegalStateException("SPY is not quoted");
    }
    return quote;
  }

  @Test
  void c20_buysRestsCancelsAlsoAfterA401AndSells() {
    engine.start();
    engine.awaitRow(
        "live simulator true 5678",
        "SELECT mode || ' ' || broker || ' ' || armed || ' ' || account_suffix FROM trading_controls");
    UUID bought = engine.ask("buy", 10, "SPY");
    engine.awaitStatus(bought, "filled");
    engine.awaitRow("10", "SELECT quantity FROM positions");

    UUID resting = engine.ask("buy", 5, "SPY", below(2), null, "day");
    engine.awaitStatus(resting, "working");
    // The client asks once; it is the engine that asks again, with a new token.
    simulator.faults().set(Dial.UNAUTHORIZED, FaultRule.times(1).on("^DELETE "));
    engine.cancel(resting);
    engine.awaitStatus(resting, "canceled");
    assertThat(proxy.cancelTokens()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(proxy.cancelTokens().get(1)).isNotEqualTo(proxy.cancelTokens().getFirst());
    assertThat(simulator.faults().state(Dial.UNAUTHORIZED).strikes()).isEqualTo(1);

    UUID sold = engine.ask("sell", 10, "SPY");
    engine.awaitStatus(sold, "filled");
    engine.awaitRow("0", "SELECT quantity FROM positions");
    BigDecimal gain =
        new BigDecimal(engine.one("SELECT average_fill_price FROM trades WHERE id = ?", sold))
            .subtract(
                new BigDecimal(
                    engine.one("SELECT average_fill_price FROM trades WHERE id = ?", bought)))
            .multiply(BigDecimal.TEN);
    assertThat(new BigDecimal(engine.one("SELECT realized_pnl FROM daily_pnl")))
        .isEqualByComparingTo(gain);
    engine.awaitRow(
        gain.add(BigDecimal.valueOf(100_000)).setScale(2, RoundingMode.HALF_UP).toPlainString(),
        "SELECT round(cash, 2) FROM trading_controls");
    engine.awaitRow(
        "t", "SELECT broker_proven_at > now() - interval '20 seconds' FROM trading_controls");
    assertThat(proxy.posts()).isEqualTo(3);
    // Why, and what was said to the broker: without its token, and without the account's number.
    assertThat(
            engine.one(
                "SELECT facts ->> 'decision' || ' ' || jsonb_path_query_first(facts,"
                    + " '$.checks[*] ? (@.rule == \"max_order_quantity\")') FROM"
                    + " engine.order_events WHERE event = 'order.approved' AND trade_id = ?",
                bought))
        .isEqualTo(
            "approved {\"rule\": \"max_order_quantity\", \"limit\": \"100\", \"figure\": \"10\","
                + " \"result\": \"held\"}");
    assertThat(
            engine.one(
                "SELECT facts #>> '{request,body}' || (facts #>> '{answer,outcome}') FROM"
                    + " engine.order_events WHERE event = 'order.acked' AND trade_id = ?",
                bought))
        .contains("\"orderType\":\"MARKET\"", "\"symbol\":\"SPY\"")
        .endsWith("accepted");
    String number = person.trader().accountNumbers().getFirst().number();
    String journal = String.join("", engine.all("SELECT facts FROM engine.order_events"));
    assertThat(journal)
        .contains("latency_ms", "broker_shows")
        .doesNotContain(
            person.tokens().accessToken(),
            number,
            person.trader().accountNumbers().getFirst().hash().value());
  }

  @Test
  void r04_lostAnswersLeadToOneOrderEach() {
    engine.start();
    proxy.next(Fault.LOSE_ANSWER);
    UUID lost = engine.ask("buy", 10, "SPY");
    engine.awaitStatus(lost, "filled");
    assertThat(events(lost)).contains("order.unknown", "order.matched");

    proxy.next(Fault.ERROR_AFTER);
    UUID failed = engine.ask("buy", 7, "SPY", below(1), null, "day");
    engine.awaitStatus(failed, "working");
    assertThat(events(failed)).contains("order.unknown", "order.matched");

    assertThat(proxy.posts()).isEqualTo(2);
    assertThat(orders()).hasSize(2);
    engine.awaitRow("10", "SELECT quantity FROM positions");
    assertThat(engine.one("SELECT count(*) FROM trades WHERE source = 'external'")).isEqualTo("0");
  }

  @Test
  void unknownOrderIsFoundAfterARestartAndNeverSentAgain() {
    engine.start();
    proxy.next(Fault.LOSE_ANSWER);
    UUID lost = engine.ask("buy", 10, "SPY");
    engine.awaitStatus(lost, "unknown");
    engine.restart();
    engine.awaitStatus(lost, "filled");
    assertThat(proxy.posts()).isEqualTo(1);
    assertThat(orders()).hasSize(1);
  }

  @Test
  void requestThatNeverArrivedStaysUnknownAndBlocksItsTicker() {
    engine.start();
    proxy.next(Fault.LOSE_REQUEST);
    UUID lost = engine.ask("buy", 10, "SPY");
    engine.awaitStatus(lost, "unknown");
    UUID next = engine.ask("sell_short", 1, "SPY");
    engine.awaitStatus(next, "rejected");
    assertThat(engine.reason(next)).startsWith("unknown_order");
    assertThat(engine.status(lost)).isEqualTo("unknown");
    assertThat(proxy.posts()).isEqualTo(1);
  }

  @Test
  void r08_personSaysWhichOfTwoOrdersItIs() {
    engine.start();
    engine.awaitRow("simulator", "SELECT broker FROM trading_controls");
    engine.awaitStatus(engine.ask("buy", 1, "SPY"), "filled");
    simulator.faults().set(Dial.SERVER_ERROR_BEFORE, FaultRule.ALWAYS.on("^GET .*/orders"));
    proxy.next(Fault.LOSE_ANSWER);
    UUID trade = engine.ask("buy", 3, "SPY");
    engine.awaitStatus(trade, "unknown");
    person.trader().place(person.trader().accountNumbers().getFirst().hash(), request(3));
    simulator.faults().clear(Dial.SERVER_ERROR_BEFORE);
    engine.awaitRow(
        "UNRESOLVED", "SELECT state FROM engine.order_intents WHERE trade_id = ?", trade);
    engine.awaitRow(
        "critical SPY",
        "SELECT severity || ' ' || ticker FROM alerts WHERE code = 'order_unresolved' AND"
            + " cleared_at IS NULL");
    List<String> fitting =
        engine.all(
            "SELECT jsonb_path_query(facts, '$.candidates[*].broker_order_id') #>> '{}' FROM"
                + " engine.order_events WHERE event = 'order.ambiguous' AND id = (SELECT max(id)"
                + " FROM engine.order_events WHERE event = 'order.ambiguous')");
    assertThat(fitting).hasSize(2);

    // As the gateway: a wrong word first.
    decide(trade, "999999");
    engine.awaitRow(
        "false the broker's listing of this account has no order 999999",
        "SELECT accepted || ' ' || answer FROM order_resolutions WHERE broker_order_id = '999999'");
    decide(trade, fitting.getFirst());
    engine.awaitStatus(trade, "filled");
    engine.awaitRow(
        "true the order is the broker's " + fitting.getFirst(),
        "SELECT accepted || ' ' || answer FROM order_resolutions WHERE broker_order_id = ?",
        fitting.getFirst());
    engine.awaitRow("7", "SELECT quantity FROM positions");
    engine.awaitRow("1", "SELECT count(*) FROM trades WHERE source = 'external'");
    engine.awaitRow(
        "0", "SELECT count(*) FROM alerts WHERE code LIKE 'order_un%' AND cleared_at IS NULL");
    assertThat(
            engine.one(
                "SELECT facts ->> 'person' || ': ' || (facts ->> 'evidence') FROM"
                    + " engine.order_events WHERE event = 'order.resolved'"))
        .isEqualTo("Ann: seen on the broker's page");
    // The owner's own is the third.
    assertThat(proxy.posts()).isEqualTo(3);
  }

  private void decide(UUID trade, String order) {
    engine.run(
        "INSERT INTO order_resolutions (id, intent_id, trade_id, outcome, broker_order_id,"
            + " evidence, person) SELECT gen_random_uuid(), id, trade_id, 'placed', ?, 'seen on"
            + " the broker''s page', 'Ann' FROM engine.order_intents WHERE trade_id = ?",
        order,
        trade);
    engine.run("NOTIFY controls");
  }

  @Test
  void r42_nothingIsPostedOnceHaltedWhileFiftyOrdersAreQueued() {
    engine
        .with("RISK_MAX_ORDERS_PER_MINUTE", "600")
        .with("RISK_MAX_OPEN_ORDERS", "200")
        .with("RISK_MAX_POSITION_NOTIONAL", "5000000")
        .start();
    engine.awaitRow("simulator", "SELECT broker FROM trading_controls");
    Queue<Long> begun = new ConcurrentLinkedQueue<>();
    CountDownLatch halted = new CountDownLatch(1);
    proxy.beforePost(
        () -> {
          begun.add(System.nanoTime());
          awaitQuietly(halted);
        });
    String limit = below(2);
    for (int i = 0; i < 50; i++) {
      engine.ask("buy", 1, "SPY", limit, null, "day");
    }
    EngineBench.await("the first order's post", () -> proxy.posts() == 1, () -> "none");
    engine.awaitRow(
        "49", "SELECT count(*) FROM engine.order_intents WHERE state IN ('NEW', 'APPROVED')");

    kill();
    long atNanos = System.nanoTime();
    halted.countDown();
    engine.awaitRow(
        "0", "SELECT count(*) FROM trades WHERE status NOT IN ('canceled', 'rejected', 'expired')");

    assertThat(begun).allMatch(nanos -> nanos - atNanos < TimeUnit.SECONDS.toNanos(1));
    assertThat(proxy.posts()).isEqualTo(1);
    assertThat(orders()).hasSize(1);
    assertThat(engine.one("SELECT sum(send_attempts) FROM engine.order_intents")).isEqualTo("1");
  }

  @Test
  void r43_haltFileStopsOrdersWhateverTheDatabaseSays() throws SQLException, IOException {
    engine.start();
    engine.awaitRow("simulator", "SELECT broker FROM trading_controls");
    UUID resting = engine.ask("buy", 5, "SPY", below(2), null, "day");
    engine.awaitStatus(resting, "working");
    try (Connection stuck = engine.database.superuser().connect();
        Statement lock = stuck.createStatement()) {
      // Nobody can write into the database that trading is halted.
      stuck.setAutoCommit(false);
      lock.execute("SELECT id FROM trading_controls FOR UPDATE");
      Files.createFile(engine.haltFile);
      UUID late = engine.ask("buy", 1, "SPY");
      engine.awaitStatus(late, "rejected");
      assertThat(engine.reason(late)).contains("not_sent", "halted by somebody");
      assertThat(engine.one("SELECT state FROM trading_controls")).isEqualTo("active");
      stuck.rollback();
    }
    engine.awaitStatus(resting, "canceled");
    engine.awaitRow(
        "halted critical",
        "SELECT c.state || ' ' || a.severity FROM trading_controls c, alerts a"
            + " WHERE a.code = 'halt_file' AND a.cleared_at IS NULL");
    assertThat(proxy.posts()).isEqualTo(1);

    resume();
    engine.awaitRow("t", "SELECT halt_id IS NULL AND state = 'active' FROM trading_controls");
    assertThat(engine.haltFile).doesNotExist();
    engine.awaitStatus(engine.ask("buy", 1, "SPY"), "filled");
  }

  @Test
  void r43_killOutlivesARestartUponADatabaseThatForgotIt() {
    engine.start();
    engine.awaitRow("simulator", "SELECT broker FROM trading_controls");
    kill();
    engine.awaitRow("the kill switch", "SELECT halt_by FROM trading_controls");
    assertThat(engine.haltFile).content().contains("by: the kill switch");
    engine.stop();
    engine.run("UPDATE trading_controls SET state = 'active', state_reason = NULL, halt_id = NULL");
    engine.start();
    engine.awaitRow("halted", "SELECT state FROM trading_controls");
    UUID trade = engine.ask("buy", 1, "SPY");
    engine.awaitStatus(trade, "rejected");
    assertThat(engine.reason(trade)).contains("halted");
    assertThat(proxy.posts()).isZero();

    resume();
    engine.awaitRow("t", "SELECT halt_id IS NULL AND state = 'active' FROM trading_controls");
    assertThat(engine.haltFile).doesNotExist();
  }

  @Test
  @Tag("long")
  void r49_disarmsWhenAServiceComesUpThatDoesNotFitAndStaysSo() {
    engine.start();
    engine.awaitRow("simulator true", "SELECT broker || ' ' || armed FROM trading_controls");
    speak(9);
    engine.awaitRow("f", "SELECT armed FROM trading_controls");
    engine.awaitRow(
        "critical",
        "SELECT severity FROM alerts WHERE code = 'services_incompatible' AND cleared_at IS NULL");
    UUID trade = engine.ask("buy", 1, "SPY");
    engine.awaitStatus(trade, "rejected");
    assertThat(engine.reason(trade)).startsWith("not_armed");

    // As before it was disarmed, were it not for what runs beside it.
    engine.stop();
    engine.run("UPDATE trading_controls SET armed = true");
    speak(9);
    engine.start();
    engine.awaitRow("f", "SELECT armed FROM trading_controls");

    speak(2);
    engine.awaitRow(
        "0",
        "SELECT count(*) FROM alerts WHERE code = 'services_incompatible' AND cleared_at IS NULL");
    assertThat(engine.one("SELECT armed FROM trading_controls")).isEqualTo("f");
    assertThat(proxy.posts()).isZero();
  }

  /** As the streaming service of a build that needs this contract. */
  private void speak(int contract) {
    engine.run(
        """
        INSERT INTO service_versions (service, build, schema_version, contract, contract_oldest, reported_at)
        SELECT 'streaming-service', 'next', max(version::int), ?, ?, now() + interval '1 hour' FROM flyway_schema_history
        ON CONFLICT (service) DO UPDATE SET contract = excluded.contract,
            contract_oldest = excluded.contract_oldest, reported_at = excluded.reported_at
        """,
        contract,
        contract);
  }

  /** As the gateway. */
  private void kill() {
    engine.run(
        "WITH halted AS (UPDATE trading_controls SET state = 'halted', state_reason = 'kill switch')"
            + " INSERT INTO trading_commands (command, flatten) VALUES ('kill', false)");
    engine.run("NOTIFY controls");
  }

  /** As the gateway. */
  private void resume() {
    engine.run(
        "UPDATE trading_controls SET state = 'active', state_reason = NULL,"
            + " halt_cleared = coalesce(halt_id, halt_cleared)");
    engine.run("NOTIFY controls");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void r06_throttledOrderIsTriedAnew() {
    engine.start();
    proxy.next(Fault.THROTTLE);
    UUID trade = engine.ask("buy", 10, "SPY");
    engine.awaitStatus(trade, "filled");
    assertThat(
            engine.all(
                "SELECT attempt || ' ' || state || ' ' || send_attempts FROM engine.order_intents ORDER BY attempt"))
        .isEqualTo(List.of("1 REFUSED 1", "2 FILLED 1"));
    assertThat(orders()).hasSize(1);
  }

  @Test
  @Tag("long")
  void r24_nothingIsPostedWhoseIntentIsNotCommittedWhileTheDatabaseIsGone() {
    databaseIsAway(FaultyConnection::cut);
  }

  @Test
  @Tag("long")
  void r24_nothingIsPostedWhoseIntentIsNotCommittedWhileTheDatabaseSwallowsAll() {
    databaseIsAway(FaultyConnection::hang);
  }

  private void databaseIsAway(Consumer<FaultyConnection> fails) {
    String direct = engine.database.url(DatabaseRole.ENGINE).jdbcUrl();
    Queue<String> uncommitted = watchPosts();
    try (FaultyConnection way = FaultyConnection.before(direct)) {
      engine.with("DATABASE_URL", way.through(direct)).start();
      engine.awaitStatus(engine.ask("buy", 1, "SPY"), "filled");

      fails.accept(way);
      UUID market = engine.ask("buy", 2, "SPY");
      UUID resting = engine.ask("buy", 3, "SPY", below(2), null, "day");
      EngineBench.await(
          "the engine to notice",
          () -> health().contains("\"database\":{\"status\":\"DOWN\""),
          this::health);
      UUID late = engine.ask("buy", 4, "SPY", below(2), null, "day");
      assertThat(proxy.posts()).isEqualTo(1);
      assertThat(List.of(engine.status(market), engine.status(resting), engine.status(late)))
          .containsOnly("pending");

      way.mend();
      engine.awaitStatus(resting, "working");
      engine.awaitStatus(late, "working");
      // Within its thirty seconds it is still wanted, and not after.
      engine.awaitRow("t", "SELECT status IN ('filled', 'expired') FROM trades WHERE quantity = 2");
      assertEveryPostWasCommitted(uncommitted);
      engine.stop();
    }
  }

  @Test
  void r24_databaseThatGoesWithAnOrderOnItsWayLeavesOneOrder() {
    String direct = engine.database.url(DatabaseRole.ENGINE).jdbcUrl();
    try (FaultyConnection way = FaultyConnection.before(direct)) {
      engine.with("DATABASE_URL", way.through(direct)).start();
      engine.awaitRow("simulator", "SELECT broker FROM trading_controls");
      proxy.beforePost(way::cut);
      UUID trade = engine.ask("buy", 3, "SPY", below(2), null, "day");
      EngineBench.await("the post", () -> proxy.posts() == 1, this::health);
      proxy.beforePost(() -> {});
      way.mend();
      engine.awaitStatus(trade, "working");
      assertThat(orders()).hasSize(1);
      assertThat(proxy.posts()).isEqualTo(1);
      engine.stop();
    }
  }

  @Test
  @Tag("long")
  void r25_nothingIsPostedWhileTheDatabasesDiskIsFull() {
    Queue<String> uncommitted = watchPosts();
    engine.start();
    engine.awaitStatus(engine.ask("buy", 1, "SPY"), "filled");
    engine.run(
        """
        CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$
        """);
    engine.run(
        "CREATE TRIGGER disk_is_full BEFORE INSERT OR UPDATE ON engine.order_intents"
            + " FOR EACH STATEMENT EXECUTE FUNCTION disk_is_full()");
    UUID resting = engine.ask("buy", 3, "SPY", below(2), null, "day");
    long rounds = errors();
    EngineBench.await("the engine to have tried", () -> errors() > rounds, this::health);
    assertThat(proxy.posts()).isEqualTo(1);
    engine.run("DROP TRIGGER disk_is_full ON engine.order_intents");
    engine.awaitStatus(resting, "working");
    assertEveryPostWasCommitted(uncommitted);
  }

  private static long errors() {
    return ErrorCounter.lastFiveMinutes();
  }

  /** Looks at each post whether as many claims are committed, past the engine's own connection. */
  private Queue<String> watchPosts() {
    Queue<String> uncommitted = new ConcurrentLinkedQueue<>();
    proxy.beforePost(
        () -> {
          try (Connection connection = engine.database.superuser().connect();
              Statement statement = connection.createStatement();
              ResultSet claims =
                  statement.executeQuery(
                      "SELECT count(*) FROM engine.order_intents WHERE send_attempts = 1")) {
            claims.next();
            if (claims.getLong(1) < proxy.posts()) {
              uncommitted.add(proxy.posts() + " posts, " + claims.getLong(1) + " claims");
            }
          } catch (SQLException e) {
            uncommitted.add(String.valueOf(e.getMessage()));
          }
        });
    return uncommitted;
  }

  private void assertEveryPostWasCommitted(Queue<String> uncommitted) {
    assertThat(uncommitted).isEmpty();
    assertThat(engine.one("SELECT count(*) FROM engine.order_intents WHERE send_attempts = 1"))
        .isEqualTo(String.valueOf(proxy.posts()));
    assertThat(orders()).hasSize(proxy.posts());
  }

  private String health() {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + engine.port() + "/health");
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static final String EXITS =
      "SELECT role || ' ' || side || ' ' || quantity || ' ' || order_type || ' ' || time_in_force"
          + " || ' ' || status || ' ' || source FROM trades WHERE parent_id = ? ORDER BY role DESC";

  @Test
  void r18_bracketIsOneOrderAndAnExitEndedElsewhereIsTold() {
    engine.start();
    proxy.next(Fault.LOSE_ANSWER);
    UUID entry = engine.askBracket("buy", 10, "SPY", below(-3), below(3));
    engine.awaitStatus(entry, "filled");
    assertThat(engine.all(EXITS, entry))
        .containsExactly(
            "take_profit sell 10 limit gtc working manual",
            "stop_loss sell 10 stop gtc working manual");
    assertThat(proxy.posts()).isEqualTo(1);
    assertThat(engine.one("SELECT count(*) FROM trades WHERE source = 'external'")).isEqualTo("0");
    assertThat(bound(entry)).isEqualTo(List.of("LIMIT", "STOP"));
    // What the exits close nobody else can.
    UUID twice = engine.ask("sell", 10, "SPY");
    engine.awaitStatus(twice, "rejected");
    assertThat(engine.reason(twice)).startsWith("oversold");

    UUID stop = UUID.fromString(engine.exit(entry, "stop_loss"));
    AccountHash account = person.trader().accountNumbers().getFirst().hash();
    person
        .trader()
        .cancel(
            account,
            Long.parseLong(engine.one("SELECT broker_order_id FROM trades WHERE id = ?", stop)));
    engine.awaitStatus(stop, "canceled");
    String lacks = "10 SPY held: take profit canceled, stop loss canceled";
    engine.awaitRow(lacks, "SELECT unprotected FROM trades WHERE id = ?", entry);
    engine.awaitRow(
        "critical SPY A position is without the exits that were asked for: " + lacks + ".",
        "SELECT severity || ' ' || ticker || ' ' || message FROM alerts"
            + " WHERE code = 'position_unprotected' AND cleared_at IS NULL");

    // A stop of the person's own protects it again; then it is closed.
    UUID own = engine.ask("sell", 10, "SPY", null, below(4), "gtc");
    engine.awaitStatus(own, "working");
    engine.awaitRow("", "SELECT coalesce(unprotected, '') FROM trades WHERE id = ?", entry);
    engine.cancel(own);
    engine.awaitStatus(own, "canceled");
    engine.awaitStatus(engine.ask("sell", 10, "SPY"), "filled");
    engine.awaitRow("t", "SELECT bracket_over_at IS NOT NULL FROM trades WHERE id = ?", entry);
  }

  /** What the broker shows under the ids of an entry's exits, the profit first. */
  private List<String> bound(UUID entry) {
    BrokerOrder tree =
        orders().stream()
            .filter(order -> engine.one(ORDER_OF, entry).equals(Long.toString(order.id())))
            .findFirst()
            .orElseThrow();
    return List.of("take_profit", "stop_loss").stream()
        .map(role -> engine.one(ORDER_OF, UUID.fromString(engine.exit(entry, role))))
        .map(
            id ->
                tree.tree()
                    .filter(order -> Long.toString(order.id()).equals(id))
                    .map(BrokerOrder::orderType)
                    .findFirst()
                    .orElse("none"))
        .toList();
  }

  private static final String ORDER_OF = "SELECT broker_order_id FROM trades WHERE id = ?";

  @Test
  void r18_profitTakenTakesTheStopOutAndAKillClosesWhatAnotherBracketHolds() {
    // So that the profit is there when the entry has filled, and the risk gate does not know.
    behind = 3;
    copyQuote();
    engine.start();
    UUID taken = engine.askBracket("buy", 10, "SPY", below(1), below(6));
    engine.awaitRow("0", "SELECT quantity FROM positions");
    behind = 0;
    copyQuote();
    engine.awaitStatus(UUID.fromString(engine.exit(taken, "take_profit")), "filled");
    engine.awaitStatus(UUID.fromString(engine.exit(taken, "stop_loss")), "canceled");
    engine.awaitRow("t", "SELECT bracket_over_at IS NOT NULL FROM trades WHERE id = ?", taken);

    UUID held = engine.askBracket("buy", 7, "SPY", null, below(3));
    engine.awaitStatus(held, "filled");
    engine.awaitRow("7", "SELECT quantity FROM positions");
    engine.awaitRow("working", "SELECT status FROM trades WHERE parent_id = ?", held);
    engine.run("UPDATE trading_controls SET state = 'halted'");
    engine.run("INSERT INTO trading_commands (command, flatten) VALUES ('kill', true)");
    engine.run("SELECT pg_notify('controls', '')");
    engine.awaitRow("1 order(s) canceled, flat", "SELECT outcome FROM trading_commands");
    assertThat(engine.status(UUID.fromString(engine.exit(held, "stop_loss"))))
        .isEqualTo("canceled");
    engine.awaitRow("0", "SELECT quantity FROM positions");
    assertThat(engine.one("SELECT count(*) FROM alerts WHERE code = 'position_unprotected'"))
        .isEqualTo("0");
    assertThat(proxy.posts()).isEqualTo(3);
    assertThat(person.trader().account(accountHash()).positions()).isEmpty();
  }

  @Test
  void r18_flattenClosesWhatTheOwnersOwnStopLeavesFree() {
    engine.start();
    engine.awaitStatus(engine.ask("buy", 5, "SPY"), "filled");
    Price far = Price.of(below(4));
    person.trader().place(accountHash(), Orders.sell(Ticker.of("SPY"), 2).stop(far));
    engine.awaitRow("2", "SELECT quantity FROM trades WHERE source = 'external'");
    engine.run("UPDATE trading_controls SET state = 'halted'");
    engine.run("INSERT INTO trading_commands (command, flatten) VALUES ('kill', true)");
    engine.run("SELECT pg_notify('controls', '')");
    engine.awaitRow("2", "SELECT quantity FROM positions");
    assertThat(proxy.posts()).isEqualTo(3);
  }

  private AccountHash accountHash() {
    return person.trader().accountNumbers().getFirst().hash();
  }

  @Test
  void r44_cancelsGoThroughWhenNoMoreOrdersDo() {
    engine.with("SCHWAB_ORDERS_PER_MINUTE", "6").start();
    List<UUID> resting =
        List.of(
            engine.ask("buy", 1, "SPY", below(2), null, "day"),
            engine.ask("buy", 2, "SPY", below(2), null, "day"),
            engine.ask("buy", 3, "SPY", below(2), null, "day"));
    resting.forEach(trade -> engine.awaitStatus(trade, "working"));
    UUID over = engine.ask("buy", 4, "SPY", below(2), null, "day");
    engine.awaitStatus(over, "rejected");
    assertThat(engine.reason(over)).contains("order writes in the last minute");
    assertThat(proxy.posts()).isEqualTo(3);

    // The broker's own throttle strikes two of them first: they are asked again.
    simulator.faults().set(Dial.TOO_MANY_REQUESTS, FaultRule.times(2).on("^DELETE "));
    resting.forEach(engine::cancel);
    resting.forEach(trade -> engine.awaitStatus(trade, "canceled"));
    assertThat(simulator.faults().state(Dial.TOO_MANY_REQUESTS).strikes()).isEqualTo(2);
  }

  @Test
  void r50_liveTradingWaitsToBeArmedAndStaysSoOverARestart() {
    engine.with("TRADING_ARMED", "false").start();
    engine.awaitRow("simulator", "SELECT broker FROM trading_controls");
    UUID refused = engine.ask("buy", 1, "SPY");
    engine.awaitStatus(refused, "rejected");
    assertThat(engine.reason(refused)).startsWith("not_armed");
    engine.run("UPDATE trading_controls SET armed = true");
    engine.awaitStatus(engine.ask("buy", 1, "SPY"), "filled");
    engine.restart();
    engine.awaitRow("2", "SELECT epoch FROM engine.accounts");
    assertThat(engine.one("SELECT armed FROM trading_controls")).isEqualTo("t");
    assertThat(proxy.posts()).isEqualTo(1);
  }

  @Test
  void r14_whatTheOwnerDoesElsewhereIsSeenByPollingAlone() {
    AccountHash account = person.trader().accountNumbers().getFirst().hash();
    person.trader().place(account, request(3));
    EngineBench.await(
        "the owner's order to fill",
        () -> !person.trader().account(account).positions().isEmpty(),
        () -> person.trader().account(account).toString());
    engine.start();
    engine.awaitRow("3", "SELECT quantity FROM positions");
    assertThat(engine.one("SELECT count(*) FROM trades")).isEqualTo("0");

    person.trader().place(account, request(4));
    engine.awaitRow("7", "SELECT quantity FROM positions");
    assertThat(
            engine.all(
                "SELECT source || ' ' || side || ' ' || quantity || ' ' || status FROM trades"))
        .isEqualTo(List.of("external buy 4 filled"));
  }

  @Test
  void tradeFollowsTheOrderThatReplacedItsOwnElsewhere() throws Exception {
    engine.start();
    UUID trade = engine.ask("buy", 5, "SPY", below(2), null, "day");
    engine.awaitStatus(trade, "working");
    String old = engine.one("SELECT broker_order_id FROM trades");

    String rests = below(1);
    String moved = replace(old, 7, rests);
    engine.awaitRow(moved, "SELECT broker_order_id FROM trades");
    engine.awaitStatus(trade, "working");
    assertThat(
            engine.one(
                "SELECT quantity || ' ' || round(limit_price, 2) || ' ' || source FROM trades"))
        .isEqualTo("7 " + rests + " manual");

    // Over the market: it fills.
    String last = replace(moved, 6, below(-1));
    engine.awaitStatus(trade, "filled");
    assertThat(
            engine.all(
                "SELECT quantity || ' ' || filled_quantity || ' ' || broker_order_id FROM trades"))
        .isEqualTo(List.of("6 6 " + last));
    engine.awaitRow("6", "SELECT quantity FROM positions");
    assertThat(
            engine.all(
                "SELECT state || ' ' || order_quantity || ' ' || filled FROM engine.order_intents ORDER BY attempt"))
        .isEqualTo(List.of("CANCELED 5 0", "CANCELED 7 0", "FILLED 6 6"));
    assertThat(new BigDecimal(engine.one("SELECT average_fill_price FROM trades")))
        .isEqualByComparingTo(
            new BigDecimal(engine.one("SELECT sum(quantity * price) / 6 FROM fills")));
    assertThat(engine.one("SELECT count(*) FROM engine.position_differences")).isEqualTo("0");
    assertThat(proxy.posts()).isEqualTo(1);

    // A fill of the first order that is told only now counts, and changes nothing else.
    Execution late = new Execution("late", 2, BigDecimal.ONE, BigDecimal.ZERO, Instant.now());
    engine
        .books("simulator:5678")
        .write(
            ledger -> {
              OrderIntent first = ledger.owner(old).orElseThrow();
              assertThat(ledger.fill(first, late, simulator.marketTime(), false)).isTrue();
              ledger.update(first.filledTo(2), "order.fill", Instant.now());
              return first;
            });
    assertThat(
            engine.one(
                "SELECT quantity || ' ' || filled_quantity || ' ' || broker_order_id || ' ' || status FROM trades"))
        .isEqualTo("8 8 " + last + " filled");
  }

  @Test
  void r17_changeIsSentOnceAlsoWhenItsAnswerIsLostAndTheOldOrderIsGone() {
    engine.start();
    UUID trade = engine.ask("buy", 5, "SPY", below(3), null, "day");
    engine.awaitStatus(trade, "working");
    String first = engine.one("SELECT broker_order_id FROM trades");
    String rests = below(2);
    UUID change = engine.change(trade, rests, 7L);
    engine.awaitRow("done", "SELECT status FROM trade_changes WHERE id = ?", change);
    assertThat(engine.one("SELECT quantity || ' ' || round(limit_price, 2) FROM trades"))
        .isEqualTo("7 " + rests);
    assertThat(engine.one("SELECT broker_order_id FROM trades")).isNotEqualTo(first);

    proxy.next(Fault.LOSE_ANSWER);
    // Over the market: it fills.
    UUID lost = engine.change(trade, below(-1), null);
    engine.awaitRow("done", "SELECT status FROM trade_changes WHERE id = ?", lost);
    engine.awaitStatus(trade, "filled");
    assertThat(events(trade)).contains("order.unknown", "order.matched");
    engine.awaitRow("7", "SELECT quantity FROM positions");
    assertThat(
            engine.all(
                "SELECT state || ' ' || order_quantity || ' ' || send_attempts FROM engine.order_intents ORDER BY attempt"))
        .isEqualTo(List.of("CANCELED 5 1", "CANCELED 7 1", "FILLED 7 1"));
    assertThat(proxy.posts()).isEqualTo(1);
    assertThat(proxy.puts()).isEqualTo(2);
    assertThat(engine.one("SELECT count(*) FROM trades WHERE source = 'external'")).isEqualTo("0");
  }

  @Test
  void r17_oldOrderThatFillsWhileItIsReplacedStandsAndNothingIsBoughtTwice() {
    engine.start();
    UUID trade = engine.ask("buy", 5, "SPY", below(3), null, "day");
    engine.awaitStatus(trade, "working");
    simulator.faults().set(Dial.FILL_DURING_REPLACE, FaultRule.times(1));
    UUID change = engine.change(trade, below(2), null);
    engine.awaitStatus(trade, "filled");
    engine.awaitRow("rejected", "SELECT status FROM trade_changes WHERE id = ?", change);
    engine.awaitRow("5", "SELECT quantity FROM positions");
    assertThat(engine.one("SELECT filled_quantity FROM trades")).isEqualTo("5");
    assertThat(engine.one("SELECT count(*) FROM trades")).isEqualTo("1");
  }

  /** As the account's owner in the broker's own program; returns the new order's id. */
  private String replace(String order, long quantity, String limit) throws Exception {
    AccountHash account = person.trader().accountNumbers().getFirst().hash();
    HttpRequest put =
        HttpRequest.newBuilder(
                simulator
                    .baseUrl()
                    .resolve("/trader/v1/accounts/" + account.value() + "/orders/" + order))
            .header("Authorization", "Bearer " + person.tokens().accessToken())
            .header("Content-Type", "application/json")
            .PUT(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"orderType": "LIMIT", "session": "NORMAL", "duration": "DAY", "price": "%s",
                     "orderStrategyType": "SINGLE", "orderLegCollection": [{"instruction": "BUY",
                     "quantity": %d, "instrument": {"symbol": "SPY", "assetType": "EQUITY"}}]}
                    """
                        .formatted(limit, quantity)))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(put, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
      String location = answer.headers().firstValue("Location").orElseThrow();
      return location.substring(location.lastIndexOf('/') + 1);
    }
  }

  private List<String> events(UUID trade) {
    return engine.all(
        "SELECT event FROM engine.order_events WHERE trade_id = ? ORDER BY id", trade);
  }

  private List<BrokerOrder> orders() {
    AccountHash account = person.trader().accountNumbers().getFirst().hash();
    Instant now = Instant.now();
    return person.trader().orders(account, now.minus(Duration.ofHours(1)), now.plusSeconds(60));
  }

  private static OrderRequest request(long quantity) {
    return Orders.buy(Ticker.of("SPY"), quantity).market();
  }

  /** A price that many percent below the market. */
  private String below(int percent) {
    EquityQuote quote = quote();
    if (quote.bid() == null) {
      throw new IllegalStateException("no bid");
    }
    return quote
        .bid()
        .toBigDecimal()
        .multiply(BigDecimal.valueOf(100L - percent, 2))
        .setScale(2, RoundingMode.DOWN)
        .toPlainString();
  }
}
