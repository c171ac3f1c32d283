package io.alphakite.suite.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.command.Terminal;
import io.alphakite.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against a real database; what the engine answers is written there beforehand. */
class OrdersCommandTest {
  private static final String LOST = "10000000-0000-0000-0000-000000000001";

  private final TestDatabase database = TestDatabase.create();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void lose() {
    database.execute(
        """
        UPDATE trading_controls SET account_id = 'schwab:5678';
        INSERT INTO engine.accounts (account_id, epoch) VALUES ('schwab:5678', 1);
        INSERT INTO positions (account_id, ticker, quantity, average_price, cost_basis, realized_pnl)
        VALUES ('schwab:5678', 'SPY', 100, 160, 16000, 0);
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, status, source)
        VALUES ('%1$s', 'schwab:5678', 'SPY', 'sell', 10, 'market', 'unknown', 'manual');
        INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state, epoch,
            created_at)
        VALUES ('%1$s', '%1$s', 'schwab:5678', 1, 'PERSON', 'SPY sell', 'f', 'NEW', 1, now());
        UPDATE engine.order_intents SET state = 'APPROVED';
        UPDATE engine.order_intents SET state = 'SENDING', send_attempts = 1, claimed_at = now();
        UPDATE engine.order_intents SET state = 'UNKNOWN';
        -- As an engine that answers at once.
        CREATE FUNCTION answer() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.done_at := now();
            NEW.accepted := NEW.outcome = 'not_placed';
            NEW.answer := CASE WHEN NEW.accepted THEN 'the order was not placed' ELSE 'no such order' END;
            RETURN NEW;
        END $$;
        CREATE TRIGGER answer BEFORE INSERT ON order_resolutions FOR EACH ROW WHEN (NEW.evidence <> 'nobody answers')
            EXECUTE FUNCTION answer();
        """
            .formatted(LOST));
  }

  @AfterEach
  void drop() {
    database.close();
  }

  @Test
  void showsWhatWaitsAndSaysWhatBecameOfAWord() {
    assertThat(run(false, "unresolved")).isZero();
    assertThat(said(out))
        .contains(
            LOST + "  sell 10 SPY, sent ", "sell 100 SPY cannot be sent until this is resolved");
    assertThat(run(true, "unresolved")).isZero();
    assertThat(said(out))
        .contains("\"reason\" : \"searching\"", "\"account_id\" : \"schwab:5678\"");

    assertThat(run(false, "resolve", LOST, "--placed", "71", "--evidence", "seen")).isEqualTo(1);
    assertThat(said(err)).contains("refused: no such order");
    assertThat(
            run(false, "resolve", LOST, "--not-placed", "--evidence", "none there", "--as", "Ann"))
        .isZero();
    assertThat(said(out)).contains("Done: the order was not placed.");
    assertThat(
            run(true, "resolve", LOST, "--not-placed", "--evidence", "none there", "--as", "Ann"))
        .isZero();
    assertThat(said(out)).contains("\"person\" : \"Ann (./kite)\"", "\"status\" : \"accepted\"");
    assertThat(run(false, "resolve", LOST, "--not-placed", "--evidence", "nobody answers"))
        .isEqualTo(1);
    assertThat(said(err)).contains("has not answered");
  }

  @Test
  void tellsWhyATradeIsAsItIs(@TempDir Path directory) throws IOException {
    assertThat(run(false, "trace", LOST)).isZero();
    assertThat(said(out)).contains("request A person asks: sell 10 SPY market");
    Path file = directory.resolve("why.json");
    assertThat(run(false, "trace", LOST, "--out", file.toString())).isZero();
    assertThat(Files.readString(file)).contains("\"trade_id\" : \"" + LOST + "\"");
    assertThat(run(false, "trace", LOST, "--out", file.toString())).isEqualTo(1);
    assertThat(run(false, "trace", LOST.replace('1', '3'))).isEqualTo(1);
    assertThat(run(false, "trace", "x")).isEqualTo(2);
  }

  @Test
  void saysWhatMakesNoSense() {
    assertThat(run(false)).isEqualTo(2);
    assertThat(run(false, "resolve", LOST, "--not-placed")).isEqualTo(2);
    assertThat(run(false, "resolve", LOST, "--placed", "7", "--not-placed", "--evidence", "x"))
        .isEqualTo(2);
    assertThat(run(false, "resolve", "x", "--not-placed", "--evidence", "x")).isEqualTo(2);
    assertThat(run(false, "resolve", LOST, "--placed", "7", "--override", "--evidence", "x"))
        .isEqualTo(1);
    assertThat(said(err)).contains("override goes with not_placed alone");
  }

  private static String said(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  private int run(boolean json, String... words) {
    out.reset();
    err.reset();
    Settings settings =
        Settings.of(
            Map.of(
                "DATABASE_URL",
                database.jdbcUrl(),
                "DATABASE_USER",
                "kite_admin",
                "DATABASE_PASSWORD",
                "kite_admin"));
    Terminal terminal = new Terminal(new PrintStream(out), new PrintStream(err), json, false);
    return new OrdersCommand(settings, InstantSource.system(), terminal, Duration.ofMillis(600))
        .run(List.of(words));
  }
}
