package io.alphakite.suite.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.command.Terminal;
import io.alphakite.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JournalCommandTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void saysWhetherTheJournalHolds() {
    try (TestDatabase database = TestDatabase.create()) {
      database.execute(
          """
          INSERT INTO engine.accounts (account_id, epoch) VALUES ('a', 1);
          INSERT INTO trades (id, ticker, side, quantity, order_type, source)
          VALUES (md5('a')::uuid, 'SPY', 'buy', 10, 'market', 'manual');
          INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state, epoch,
              created_at)
          VALUES (md5('a')::uuid, md5('a')::uuid, 'a', 1, 'PERSON', 'SPY buy', 'f', 'NEW', 1, now());
          INSERT INTO engine.order_events (account_id, intent_id, trade_id, at, event, state, filled, previous_hash, hash)
          VALUES ('a', md5('a')::uuid, md5('a')::uuid, now(), 'order.new', 'NEW', 0, '', '')
          """);
      Settings settings =
          Settings.of(
              Map.of(
                  "DATABASE_URL",
                  database.jdbcUrl(),
                  "DATABASE_USER",
                  Objects.requireNonNull(database.superuser().user()),
                  "DATABASE_PASSWORD",
                  String.valueOf(database.superuser().password())));

      assertThat(run(settings, false)).isZero();
      assertThat(text()).contains("Events checked  1", "Chains          1", "The journal holds");

      database.execute("UPDATE engine.order_events SET detail = 'x'");
      assertThat(run(settings, false)).isEqualTo(1);
      assertThat(text())
          .contains("First break     account a, event 1: it does not say what was written");
      assertThat(run(settings, true)).isEqualTo(1);
      assertThat(text()).contains("\"valid\" : false", "\"event_id\" : 1");
    }
  }

  @Test
  void takesNothingElse() {
    Settings none = Settings.of(Map.of());
    assertThat(new JournalCommand(none, terminal(false)).run(List.of("repair"))).isEqualTo(2);
  }

  private int run(Settings settings, boolean json) {
    return new JournalCommand(settings, terminal(json)).run(List.of("verify"));
  }

  private Terminal terminal(boolean json) {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return new Terminal(out, out, json, false);
  }

  private String text() {
    String text = printed.toString(StandardCharsets.UTF_8);
    printed.reset();
    return text;
  }
}
