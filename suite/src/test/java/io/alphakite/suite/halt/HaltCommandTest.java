package io.alphakite.suite.halt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.settings.Settings;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.trader.AccountHash;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.Orders;
import io.alphakite.schwab.trader.PlaceResult;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.suite.broker.CommandBroker;
import io.alphakite.suite.command.CommandRun;
import io.alphakite.suite.database.SuiteHome;
import io.alphakite.suite.halt.HaltCommand.Person;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command against a real simulator, with PostgreSQL away or there, and no engine at all. */
@Timeout(120)
class HaltCommandTest {

  private static final Person NOBODY = question -> null;

  private final SimulatorServer simulator =
      SimulatorServer.start(
          SimulatorSettings.of(
              Map.of(
                  "SIMULATOR_PORT", "0",
                  "KITE_REPLAY_SPEED", "1",
                  "SIMULATOR_WAIT_FOR_SUBSCRIBER", "false",
                  "SCHWAB_APP_KEY", "key",
                  "SCHWAB_APP_SECRET", "secret",
                  "SCHWAB_CALLBACK_URL", "https://127.0.0.1")));
  private final Map<String, String> settings = new HashMap<>();
  private final Path halt;
  private final SchwabApi owner;
  private final AccountHash account;

  HaltCommandTest(@TempDir Path home) {
    Path token = home.resolve("token.json");
    halt = home.resolve("halt");
    owner =
        SchwabApi.connect(
            SchwabConfig.of(
                simulator.baseUrl().toString(), "key", "secret", "https://127.0.0.1", token, null),
            InstantSource.system());
    owner.login().withoutPerson();
    account = owner.trader().accountNumbers().getFirst().hash();
    settings.put("KITE_HOME", home.toString());
    settings.put("SCHWAB_BASE_URL", simulator.baseUrl().toString());
    settings.put("SCHWAB_APP_KEY", "key");
    settings.put("SCHWAB_APP_SECRET", "secret");
    settings.put("SCHWAB_CALLBACK_URL", "https://127.0.0.1");
    settings.put("SCHWAB_TOKEN_FILE", token.toString());
    settings.put("HALT_LOOK_SECONDS", "0");
    // Nobody listens there.
    settings.put("DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/kite");
  }

  @AfterEach
  void stop() {
    simulator.close();
  }

  @Test
  void r43_haltsAndCancelsEverythingWithoutADatabaseWhenToldAll() throws IOException {
    long first = place(10);
    long second = place(5);

    CommandRun run = haltWell(NOBODY, "--reason", "strange prices", "--as", "Ann", "--all");

    assertThat(halt).content().contains("by: Ann (./kite halt)", "reason: strange prices");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(halt)))
        .isEqualTo("rw-------");
    assertThat(run.out())
        .contains(
            "The database does not answer",
            "2 open orders at the simulator, account ...5678:",
            first + "  BUY 10 SPY LIMIT 1 DAY",
            second + "  canceled",
            "Nothing of ours works any more.");
    assertThat(working()).isEmpty();
  }

  @Test
  void r43_leavesAllAloneWithoutADatabaseUntilAPersonSaysYes() {
    long order = place(10);

    CommandRun nobody = halt(NOBODY);
    assertThat(nobody.status()).isEqualTo(1);
    assertThat(nobody.err()).contains("1 order still working: " + order);
    assertThat(nobody.out()).contains("nobody can tell which of these are Alpha Kite's");
    assertThat(working()).containsExactly(order);
    assertThat(halt).exists();

    assertThat(halt(question -> "no").status()).isEqualTo(1);
    assertThat(working()).containsExactly(order);
    haltWell(question -> "yes");
    assertThat(working()).isEmpty();
  }

  @Test
  void r43_cancelsOnlyOursWhereTheDatabaseAnswers() {
    long ours = place(10);
    long elsewhere = place(5);
    try (TestDatabase database = TestDatabase.create()) {
      use(database);
      database.execute("UPDATE trading_controls SET mode = 'live'");
      database.execute(order("a", ours, "manual") + order("b", elsewhere, "external"));

      CommandRun run = haltWell(NOBODY, "--reason", "strange prices");

      assertThat(run.out()).contains("1 order placed elsewhere left alone: " + elsewhere);
      assertThat(working()).containsExactly(elsewhere);
      database.execute(
          "DO $$ BEGIN ASSERT (SELECT state || ' ' || state_reason FROM trading_controls) ="
              + " 'halted halted by %s (./kite halt): strange prices'; ASSERT (SELECT count(*) FROM"
                  .formatted(System.getProperty("user.name"))
              + " trading_commands WHERE command = 'kill') = 1; END $$");

      long unknown = place(3);
      CommandRun again = halt(NOBODY);
      assertThat(again.status()).isEqualTo(1);
      assertThat(again.err()).contains("1 order still working: " + unknown);
      assertThat(again.out()).contains("The database does not know 1 of these orders");
      assertThat(working()).containsExactlyInAnyOrder(elsewhere, unknown);
    }
  }

  @Test
  void r43_saysWhatIsLeftWhenTheBrokerDoesNotCancel() {
    long order = place(10);
    simulator.faults().set(Dial.SERVER_ERROR_BEFORE, FaultRule.ALWAYS.on("^DELETE "));

    CommandRun run = halt(true, NOBODY, "--all");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("1 order still working: " + order);
    assertThat(run.json().get("well").booleanValue()).isFalse();
    assertThat(run.json().get("halted").booleanValue()).isTrue();
    assertThat(run.json().get("still_working").toString()).isEqualTo("[\"" + order + "\"]");
  }

  @Test
  void r43_haltsThoughTheBrokerCannotBeAskedAndSaysSo() {
    settings.put("SCHWAB_TOKEN_FILE", halt.resolveSibling("none.json").toString());
    settings.put("SCHWAB_BASE_URL", "https://127.0.0.1:1");

    CommandRun run = halt(NOBODY, "--all");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("whether orders work is not known");
    assertThat(halt).exists();
  }

  @Test
  void r43_cancelsWhatTurnsUpAfterTheFirstListing() {
    settings.put("HALT_LOOK_SECONDS", "4");
    simulator.faults().set(Dial.LISTING_LAGS, FaultRule.ALWAYS.with("delay_ms", 3_000));
    long late = place(10);

    CommandRun run = haltWell(NOBODY, "--all");

    assertThat(run.out()).contains("No order is open at", late + "  canceled");
    simulator.faults().clear(Dial.LISTING_LAGS);
    assertThat(working()).isEmpty();
  }

  @Test
  void r43_isNotWellWhileTheFateOfAnOrderIsOpen() {
    try (TestDatabase database = TestDatabase.create()) {
      use(database);
      database.execute(sending("a", "manual"));

      CommandRun run = halt(true, NOBODY);
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.json().get("fate_open").toString()).isEqualTo("[\"buy 10 SPY (sending)\"]");

      CommandRun all = halt(NOBODY, "--all");
      assertThat(all.status()).isEqualTo(1);
      assertThat(all.err()).contains("nobody knows whether the broker has it: buy 10 SPY");
      assertThat(all.out()).doesNotContain("Nothing of ours works");

      database.execute(
          "UPDATE engine.order_intents SET state = 'NOT_SENT' WHERE state = 'SENDING'");
      haltWell(NOBODY);
    }
  }

  @Test
  void r43_cancelsOursBeforeAnybodyIsAskedAboutTheRest() {
    long ours = place(10);
    long unknown = place(5);
    try (TestDatabase database = TestDatabase.create()) {
      use(database);
      database.execute(order("a", ours, "manual"));
      database.execute("UPDATE trading_controls SET mode = 'live'");
      List<Long> whenAsked = new ArrayList<>();

      CommandRun run =
          halt(
              question -> {
                await().atMost(Duration.ofSeconds(30)).until(() -> working().size() == 1);
                whenAsked.addAll(working());
                return "no";
              });

      assertThat(whenAsked).containsExactly(unknown);
      assertThat(run.status()).isEqualTo(1);
      assertThat(working()).containsExactly(unknown);
    }
  }

  @Test
  void r43_asksTheBrokerAgainWhenItsFirstAnswerFails() {
    long order = place(10);
    simulator.faults().set(Dial.SERVER_ERROR_BEFORE, FaultRule.times(1).on("^GET .*orders"));
    simulator.faults().set(Dial.UNAUTHORIZED, FaultRule.times(2).on("accountNumbers"));

    CommandRun run = haltWell(NOBODY, "--all");

    assertThat(run.err()).contains("asking again");
    assertThat(run.out()).contains(order + "  canceled");
  }

  @Test
  void r43_cancelsNothingWhereTheEngineDoesNotTrade() {
    long order = place(10);
    try (TestDatabase database = TestDatabase.create()) {
      use(database);
      database.execute(
          "UPDATE trading_controls SET mode = 'live', broker = 'schwab', account_suffix = '5678'");
      CommandRun real = halt(NOBODY, "--all");
      assertThat(real.status()).isEqualTo(1);
      assertThat(real.err()).contains("the engine trades at schwab, account ...5678");
      database.execute("UPDATE trading_controls SET broker = 'simulator', account_suffix = '9999'");
      assertThat(halt(NOBODY, "--all").status()).isEqualTo(1);
      assertThat(working()).containsExactly(order);
      database.execute("UPDATE trading_controls SET account_suffix = '5678'");
      haltWell(NOBODY, "--all");
    }
  }

  @Test
  void r43_takesTheBrokerOfTheSimulatedRunThatWasHereLast() throws IOException {
    settings.remove("DATABASE_URL");
    Files.createDirectories(halt.resolveSibling("postgres"));
    settings.put("SCHWAB_BASE_URL", "https://api.schwabapi.com");
    settings.put("SCHWAB_ACCOUNT", "12345678");

    assertThat(CommandBroker.asLastRun(Settings.of(settings)).all())
        .doesNotContainKeys("SCHWAB_BASE_URL", "SCHWAB_ACCOUNT")
        .containsKey("KITE_HOME");

    Files.writeString(halt.resolveSibling("database"), SuiteHome.LIVE);
    assertThat(CommandBroker.asLastRun(Settings.of(settings)).all())
        .containsKeys("SCHWAB_BASE_URL", "SCHWAB_ACCOUNT");
  }

  @Test
  void r43_onPaperOrdersOfEarlierRealDaysCount() {
    settings.put("SCHWAB_BASE_URL", "https://127.0.0.1:1");
    settings.put("SCHWAB_TOKEN_FILE", halt.resolveSibling("none.json").toString());
    try (TestDatabase database = TestDatabase.create()) {
      use(database);
      CommandRun paper = haltWell(NOBODY);
      assertThat(paper.out()).contains("Paper trading: nothing of ours is at a broker");

      database.execute(order("a", 1001, "manual"));
      CommandRun rests = halt(NOBODY);
      assertThat(rests.status()).isEqualTo(1);
      assertThat(rests.err()).contains("whether orders work is not known");
    }
  }

  @Test
  void r43_saysWhenTheEngineThatRunsDoesNotSeeTheFile() {
    try (TestDatabase database = TestDatabase.create()) {
      use(database);
      assertThat(halt(NOBODY).out()).contains("No engine has seen this file yet");
      database.execute("UPDATE trading_controls SET engine_seen_at = now() + interval '1 minute'");
      CommandRun blind = halt(NOBODY);
      assertThat(blind.status()).isEqualTo(1);
      assertThat(blind.err()).contains("THE ENGINE THAT RUNS DOES NOT SEE THIS FILE");
    }
  }

  @Test
  void r43_resumesOnlyOnATypedWord() {
    try (TestDatabase database = TestDatabase.create()) {
      use(database);
      haltWell(NOBODY, "--reason", "lunch");
      CommandRun status = halt(NOBODY, "--status");
      assertThat(status.out()).contains("Halted by the file", "lunch", "The database says halted");

      assertThat(resume(question -> "y").status()).isEqualTo(1);
      assertThat(halt).exists();
      assertThat(resume(question -> "resume").status()).isZero();
      assertThat(halt).doesNotExist();
      database.execute(
          "DO $$ BEGIN ASSERT (SELECT state = 'active' AND halt_cleared IS NOT NULL FROM"
              + " trading_controls); END $$");
      assertThat(resume(NOBODY).err()).contains("Trading is not halted");
    }
    use("jdbc:postgresql://127.0.0.1:1/kite");
    haltWell(NOBODY);
    CommandRun alone = resume(question -> "resume");
    assertThat(alone.status()).isEqualTo(1);
    assertThat(alone.err()).contains("the file is gone, but the database could not be told");
    assertThat(halt).doesNotExist();
  }

  @Test
  void r43_endsNoHaltThatCameWhileThePersonTyped() {
    try (TestDatabase database = TestDatabase.create()) {
      use(database);
      halt(NOBODY);
      CommandRun late =
          resume(
              question -> {
                database.execute("INSERT INTO trading_commands (command) VALUES ('kill')");
                return "resume";
              });
      assertThat(late.status()).isEqualTo(1);
      assertThat(late.err()).contains("somebody halted again meanwhile");
      assertThat(halt).exists();
      database.execute(
          "DO $$ BEGIN ASSERT (SELECT state FROM trading_controls) = 'halted'; END $$");

      database.execute("UPDATE trading_controls SET halt_id = 'unreadable'");
      assertThat(resume(question -> "resume").err()).contains("cannot look for its halt file");
      assertThat(halt).exists();
    }
  }

  @Test
  void r43_haltsForFlattenTooButSaysThatItClosesNothing() {
    CommandRun run = halt(NOBODY, "--flatten");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("Positions are not closed by this command");
    assertThat(halt).exists();
  }

  @Test
  void haltsNothingOnWordsThatMakeNoSense() {
    for (List<String> words :
        List.of(List.of("--stauts"), List.of("--status", "--all"), List.of("--reason"))) {
      assertThat(halt(NOBODY, words.toArray(new String[0])).status()).isEqualTo(2);
    }
    assertThat(halt).doesNotExist();
  }

  /** Looks on for two seconds: for what does not end well. */
  private CommandRun halt(Person person, String... words) {
    return halt(false, person, words);
  }

  private CommandRun halt(boolean json, Person person, String... words) {
    return halt(json, Duration.ofSeconds(2), person, words);
  }

  /** Ends as soon as nothing works; a slow machine has time for it. */
  private CommandRun haltWell(Person person, String... words) {
    CommandRun run = halt(false, Duration.ofSeconds(30), person, words);
    assertThat(run.status()).as(run.err()).isZero();
    return run;
  }

  private CommandRun halt(boolean json, Duration over, Person person, String... words) {
    return CommandRun.of(
        json,
        terminal ->
            new HaltCommand(Settings.of(settings), InstantSource.system(), terminal, person, over)
                .halt(List.of(words), false));
  }

  private CommandRun resume(Person person) {
    return CommandRun.of(
        false,
        terminal ->
            new HaltCommand(
                    Settings.of(settings),
                    InstantSource.system(),
                    terminal,
                    person,
                    Duration.ofSeconds(2))
                .resume(List.of()));
  }

  private void use(TestDatabase database) {
    use(database.jdbcUrl());
    settings.put("DATABASE_USER", "kite_gateway");
    settings.put("DATABASE_PASSWORD", "kite_gateway");
  }

  private void use(String url) {
    settings.put("DATABASE_URL", url);
  }

  /** A trade in the books whose order is at the broker. */
  private static String order(String digit, long brokerOrderId, String source) {
    return sending(digit, source)
        + "UPDATE engine.order_intents SET state = 'ACKED', broker_order_id = '%d' WHERE id = '%s0000000-0000-0000-0000-000000000000';"
            .formatted(brokerOrderId, digit);
  }

  /** A trade in the books whose order is on its way. */
  private static String sending(String digit, String source) {
    String id = "%1$s0000000-0000-0000-0000-000000000000".formatted(digit);
    return """
        INSERT INTO engine.accounts (account_id, epoch) VALUES ('simulator:5678', 1) ON CONFLICT DO NOTHING;
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, limit_price, status, source)
        VALUES ('%1$s', 'simulator:5678', 'SPY', 'buy', 10, 'limit', 1, 'working', '%2$s');
        INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state, epoch,
            created_at)
        VALUES ('%1$s', '%1$s', 'simulator:5678', 1, 'PERSON', 'SPY buy', 'f', 'NEW', 1, now());
        UPDATE engine.order_intents SET state = 'APPROVED' WHERE id = '%1$s';
        UPDATE engine.order_intents SET state = 'SENDING', send_attempts = 1, claimed_at = now() WHERE id = '%1$s';
        """
        .formatted(id, source);
  }

  private long place(int quantity) {
    PlaceResult placed =
        owner
            .trader()
            .place(account, Orders.buy(Ticker.of("SPY"), quantity).limit(Price.of(BigDecimal.ONE)));
    assertThat(placed).isInstanceOf(PlaceResult.Accepted.class);
    return ((PlaceResult.Accepted) placed).orderId();
  }

  private List<Long> working() {
    Instant now = Instant.now();
    return owner.trader().orders(account, now.minusSeconds(3600), now.plusSeconds(60)).stream()
        .filter(order -> !order.status().isTerminal())
        .map(BrokerOrder::id)
        .toList();
  }
}
