package io.alphakite.suite.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.suite.Suite;
import io.alphakite.suite.chaos.Stack.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./kite halt} as a process, with PostgreSQL killed and the engine frozen. */
@Tag("long")
class HaltTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private record Ended(int status, String said) {}

  @Test
  void r43_haltsAndCancelsWithPostgresDownAndTheEngineFrozen(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path home) throws Exception {
    try (Stack stack = new Stack(home, 1)) {
      until(() -> !stack.sql("SELECT 1 FROM quotes WHERE ticker = 'SPY'").isEmpty());
      until(() -> !stack.sql("SELECT 1 FROM engine.accounts").isEmpty());
      List<String> resting = ask(stack, 0, 3);
      untilAll(stack, resting, "working");
      ServiceProcess engine = stack.engines.getFirst().process();
      engine.freeze();
      List<String> queued = ask(stack, 10, 20);
      int posts = posts(stack);
      stack.killDatabase();

      Ended asked = kite(stack, home, "", "halt");
      assertThat(asked.status()).as(asked.said()).isEqualTo(1);
      assertThat(asked.said()).contains("The database does not answer", "3 orders still working");

      Ended halted = kite(stack, home, "", "halt", "--all", "--reason", "nothing answers");
      assertThat(halted.status()).as(halted.said()).isZero();
      assertThat(halted.said()).contains("3 open orders", "Nothing of ours works any more.");
      assertThat(home.resolve("halt")).content().contains("reason: nothing answers");

      stack.startDatabase();
      engine.thaw();
      untilAll(stack, resting, "canceled");
      untilAll(stack, queued, "canceled", "rejected", "expired");
      until(
          () ->
              stack
                  .sql("SELECT state, halt_reason FROM trading_controls")
                  .equals(List.of(List.of("halted", "nothing answers"))));
      List<String> late = ask(stack, 40, 1);
      untilAll(stack, late, "rejected");
      assertThat(posts(stack)).as("orders posted after the halt").isEqualTo(posts);

      assertThat(kite(stack, home, "no\n", "resume").status()).isEqualTo(1);
      assertThat(home.resolve("halt")).exists();
      Ended resumed = kite(stack, home, "resume\n", "resume");
      assertThat(resumed.status()).as(resumed.said()).isZero();
      until(() -> stack.sql("SELECT 1 FROM trading_controls WHERE halt_id IS NOT NULL").isEmpty());
      untilAll(stack, ask(stack, 50, 1), "working");
      assertThat(posts(stack)).isEqualTo(posts + 1);
    }
  }

  private static int posts(Stack stack) {
    return OrderWire.posts(stack.toBroker.sent()).size();
  }

  /** Asks for orders far below the market, no two alike. */
  private static List<String> ask(Stack stack, int from, int count) {
    List<String> trades = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      String body =
          "{\"ticker\":\"SPY\",\"side\":\"buy\",\"quantity\":1,\"order_type\":\"limit\",\"limit_price\":\"152.%02d\"}"
              .formatted(i);
      String key = "halt-" + i;
      List<Answer> answers = new ArrayList<>();
      until(
          () -> {
            Answer answer = stack.ask("POST", "/v1/trades", body, key);
            if (answer != null && answer.status() == 202) {
              answers.add(answer);
            }
            return !answers.isEmpty();
          });
      trades.add(answers.getFirst().body().get("id").stringValue());
    }
    return trades;
  }

  private static void untilAll(Stack stack, List<String> trades, String... statuses) {
    String ids = "'" + String.join("','", trades) + "'";
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(stack.sql("SELECT status FROM trades WHERE id IN (" + ids + ")"))
                    .hasSameSizeAs(trades)
                    .allSatisfy(row -> assertThat(statuses).contains(row.getFirst())));
  }

  private static void until(java.util.concurrent.Callable<Boolean> condition) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(condition);
  }

  private static Ended kite(Stack stack, Path home, String typed, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp"));
    command.add(
        Objects.requireNonNull(
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
    command.add(Suite.class.getName());
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.putAll(stack.haltSettings());
    environment.put("KITE_HOME", home.toString());
    environment.put("HALT_LOOK_SECONDS", "5");
    Process process = builder.start();
    process.getOutputStream().write(typed.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }
}
