package io.alphakite.suite.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.platform.settings.Settings;
import io.alphakite.schwab.trader.AccountFields;
import io.alphakite.schwab.trader.AccountSnapshot.BrokerPosition;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.OrderQuery;
import io.alphakite.schwab.trader.Trader;
import io.alphakite.suite.command.CommandRun;
import io.alphakite.suite.journal.JournalCommand;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trades are asked for over REST while the processes are killed, frozen and cut off in turn. No
 * order is sent twice, and none is forgotten.
 *
 * <p>{@code KITE_CHAOS_ROUNDS} and {@code KITE_CHAOS_SEED} choose how often and in which order.
 */
@Tag("long")
class WholeStackTest {
  private static final PrintStream OUT = System.out;
  private static final Duration RECOVERY = Duration.ofMinutes(5);

  /** What is done to the system in one round. */
  private enum Fault {
    KILL_ENGINE,
    KILL_GATEWAY,
    KILL_DATABASE,
    KILL_SIMULATOR,
    KILL_STREAMER,
    FREEZE_ENGINE,
    FREEZE_GATEWAY,
    FREEZE_DATABASE,
    FREEZE_SIMULATOR,
    CUT_DATABASE,
    CUT_BROKER;

    boolean kills() {
      return name().startsWith("KILL");
    }
  }

  @Test
  void r01_r21_noOrderTwiceAndNoneForgottenUnderKillsFreezesAndCuts(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path home) throws Exception {
    int rounds = number("KITE_CHAOS_ROUNDS", 22);
    long seed = number("KITE_CHAOS_SEED", 1);
    OUT.println("seed " + seed + ", rounds " + rounds);
    Random random = new Random(seed);
    try (Stack stack = new Stack(home, 1)) {
      awaitTrading(stack);
      Map<Fault, Integer> done = new TreeMap<>();
      Person person = new Person(stack);
      Customer customer = new Customer(stack);
      List<Fault> left = new ArrayList<>();
      for (int round = 1; round <= rounds; round++) {
        if (left.isEmpty()) {
          left.addAll(List.of(Fault.values()));
          Collections.shuffle(left, random);
        }
        Fault fault = left.removeLast();
        await().atMost(RECOVERY).until(moreThan(customer, customer.asked() + random.nextInt(4)));
        long began = System.nanoTime();
        apply(stack, fault, random);
        done.merge(fault, 1, Integer::sum);
        awaitSends(stack);
        OUT.printf(
            "round %d/%d %s: sends again after %.1f s, %d trades, %d posts%n",
            round,
            rounds,
            fault,
            (System.nanoTime() - began) / 1e9,
            customer.asked(),
            OrderWire.posts(stack.toBroker.sent()).size());
      }
      customer.stop();
      awaitQuiet(stack);
      check(stack, customer, rounds);
      person.stop();
      OUT.println("decided by a person " + person.decided());
      OUT.println("done: " + done);
      assertThat(done.keySet().stream().filter(Fault::kills)).isNotEmpty();
    }
  }

  @Test
  void r19_r20_twoEnginesFrozenAndThawedSendNoOrderTwice(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path home) throws Exception {
    int rounds = number("KITE_CHAOS_ROUNDS", 6);
    long seed = number("KITE_CHAOS_SEED", 1);
    OUT.println("seed " + seed + ", rounds " + rounds);
    Random random = new Random(seed);
    int takenOver = 0;
    try (Stack stack = new Stack(home, 2)) {
      awaitTrading(stack);
      Person person = new Person(stack);
      Customer customer = new Customer(stack);
      for (int round = 1; round <= rounds; round++) {
        await().atMost(RECOVERY).until(moreThan(customer, customer.asked() + 1));
        Stack.Engine frozen = stack.engines.get(round % 2);
        long epoch = epoch(stack);
        Thread.sleep(random.nextInt(500));
        frozen.process().freeze();
        // The server sees that engine's connections end, as it would when a host is gone.
        frozen.toDatabase().refuse(true);
        awaitSends(stack);
        frozen.toDatabase().refuse(false);
        frozen.process().thaw();
        awaitSends(stack);
        takenOver += epoch(stack) > epoch ? 1 : 0;
        OUT.printf(
            "round %d/%d: epoch %d, %d trades, %d posts%n",
            round,
            rounds,
            epoch(stack),
            customer.asked(),
            OrderWire.posts(stack.toBroker.sent()).size());
      }
      customer.stop();
      awaitQuiet(stack);
      check(stack, customer, rounds);
      person.stop();
      OUT.println("decided by a person " + person.decided());
      OUT.println("taken over " + takenOver + " times");
      assertThat(takenOver).isPositive();
    }
  }

  private static long epoch(Stack stack) throws Exception {
    return Long.parseLong(stack.sql("SELECT epoch FROM engine.accounts").getFirst().getFirst());
  }

  private static java.util.concurrent.Callable<Boolean> moreThan(Customer customer, int count) {
    return () -> customer.asked() > count;
  }

  private static void apply(Stack stack, Fault fault, Random random) throws Exception {
    ServiceProcess engine = stack.engines.getFirst().process();
    // Somewhere in the work of a few orders.
    Thread.sleep(random.nextInt(500));
    int frozen = 1_000 + random.nextInt(4_000);
    switch (fault) {
      case KILL_ENGINE -> again(engine);
      case KILL_GATEWAY -> again(stack.gateway);
      case KILL_STREAMER -> {
        again(stack.streamer);
        awaitHeard(stack);
      }
      case KILL_SIMULATOR -> {
        again(stack.simulator);
        stack.logIn();
      }
      case KILL_DATABASE -> {
        stack.killDatabase();
        stack.startDatabase();
      }
      case FREEZE_ENGINE -> freeze(engine, frozen);
      case FREEZE_GATEWAY -> freeze(stack.gateway, frozen);
      case FREEZE_SIMULATOR -> freeze(stack.simulator, frozen);
      case FREEZE_DATABASE -> {
        stack.signalDatabase("STOP");
        Thread.sleep(frozen);
        stack.signalDatabase("CONT");
      }
      case CUT_DATABASE -> {
        stack.toDatabase.cut();
        stack.engines.forEach(each -> each.toDatabase().cut());
      }
      case CUT_BROKER -> {
        stack.toBroker.refuse(true);
        Thread.sleep(frozen);
        stack.toBroker.refuse(false);
      }
    }
  }

  private static void again(ServiceProcess process) throws Exception {
    process.kill();
    process.start();
  }

  private static void freeze(ServiceProcess process, int millis) throws Exception {
    process.freeze();
    Thread.sleep(millis);
    process.thaw();
  }

  private static void awaitTrading(Stack stack) {
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(250))
        .ignoreExceptions()
        .until(
            () ->
                !stack.sql("SELECT 1 FROM engine.accounts").isEmpty()
                    && !stack.sql("SELECT 1 FROM quotes WHERE ticker = 'SPY'").isEmpty());
  }

  /**
   * The streaming service is up again: orders leave on older prices for a while, and a service that
   * finds no database at its start ends, for compose to start it again.
   */
  private static void awaitHeard(Stack stack) {
    awaitRow(
        stack,
        "SELECT 1 FROM feed_states WHERE ticker = '*' AND seen_at > '" + Instant.now() + "'");
  }

  /** An order that was asked for after now reaches the broker. */
  private static void awaitSends(Stack stack) {
    awaitRow(
        stack,
        "SELECT 1 FROM engine.order_intents i JOIN trades t ON t.id = i.trade_id WHERE t.created_at > '"
            + Instant.now()
            + "' AND i.broker_order_id IS NOT NULL LIMIT 1");
  }

  private static void awaitRow(Stack stack, String query) {
    await()
        .atMost(RECOVERY)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(() -> !stack.sql(query).isEmpty());
  }

  /** Every trade is over, or waits for a person. */
  private static void awaitQuiet(Stack stack) {
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        stack.sql(
                            """
                            SELECT t.id, t.status, i.state, i.detail FROM trades t
                            LEFT JOIN engine.order_intents i ON i.trade_id = t.id
                            WHERE t.status NOT IN ('filled', 'canceled', 'rejected', 'expired')
                              AND coalesce(i.state, '') <> 'UNRESOLVED'"""))
                    .isEmpty());
  }

  private static void check(Stack stack, Customer customer, int rounds) throws Exception {
    // Each key is one trade, and each trade is one that was asked for.
    Set<String> trades =
        stack.sql("SELECT id FROM trades").stream().map(List::getFirst).collect(Collectors.toSet());
    assertThat(new HashSet<>(customer.trades().values())).hasSameSizeAs(customer.trades().keySet());
    assertThat(trades).isEqualTo(new HashSet<>(customer.trades().values()));

    // Each request at the broker says something else, and belongs to one intent that was claimed.
    List<String> posts = OrderWire.posts(stack.toBroker.sent());
    Set<String> distinct = new HashSet<>(posts);
    assertThat(distinct).as("orders posted").hasSize(posts.size());
    int claimed =
        Integer.parseInt(
            stack
                .sql("SELECT count(*) FROM engine.order_intents WHERE send_attempts = 1")
                .getFirst()
                .getFirst());
    assertThat(posts.size()).isLessThanOrEqualTo(claimed);

    // The broker's orders are ours, each bound to one intent; and its positions are ours.
    Trader trader = stack.broker().trader();
    var account = trader.accountNumbers().getFirst().hash();
    Instant now = Instant.now();
    List<BrokerOrder> orders =
        trader.orders(account, OrderQuery.entered(now.minus(Duration.ofHours(2)), now));
    Set<String> bound =
        stack
            .sql(
                "SELECT broker_order_id FROM engine.order_intents WHERE broker_order_id IS NOT NULL")
            .stream()
            .map(List::getFirst)
            .collect(Collectors.toSet());
    List<String> waiting =
        stack.sql("SELECT id FROM engine.order_intents WHERE state = 'UNRESOLVED'").stream()
            .map(List::getFirst)
            .toList();
    assertThat(orders.stream().map(order -> Long.toString(order.id())))
        .as("orders at the broker, %d of ours wait for a person", waiting.size())
        .containsExactlyInAnyOrderElementsOf(bound);
    Map<String, String> theirs = new TreeMap<>();
    for (BrokerPosition position :
        trader.account(account, AccountFields.BALANCES_AND_POSITIONS).positions()) {
      theirs.put(
          position.instrument().symbol(),
          position
              .longQuantity()
              .subtract(position.shortQuantity())
              .stripTrailingZeros()
              .toPlainString());
    }
    Map<String, String> ours = new TreeMap<>();
    for (List<String> row :
        stack.sql("SELECT ticker, quantity FROM positions WHERE quantity <> 0")) {
      ours.put(row.getFirst(), row.getLast());
    }
    assertThat(ours).isEqualTo(theirs);

    CommandRun journal =
        CommandRun.of(
            false,
            terminal -> new JournalCommand(settings(stack), terminal).run(List.of("verify")));
    assertThat(journal.status()).as(journal.out()).isZero();

    OUT.println(
        "trades %d, claimed %d, posts %d (0 twice), at the broker %d, waiting for a person %d, %s"
            .formatted(
                trades.size(),
                claimed,
                posts.size(),
                orders.size(),
                waiting.size(),
                stack.sql("SELECT status, count(*) FROM trades GROUP BY 1 ORDER BY 1")));
    OUT.println(
        "rejected: "
            + stack.sql(
                "SELECT split_part(reject_reason, ':', 1), count(*) FROM trades WHERE status = 'rejected' GROUP BY 1"));
    assertThat(posts.size()).as("enough was sent").isGreaterThan(rounds);
  }

  private static Settings settings(Stack stack) {
    try {
      return Settings.of(stack.commandSettings());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int number(String name, int otherwise) {
    return Integer.parseInt(System.getenv().getOrDefault(name, Integer.toString(otherwise)));
  }
}
