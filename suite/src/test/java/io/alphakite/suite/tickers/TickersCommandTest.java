package io.alphakite.suite.tickers;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.command.Terminal;
import io.alphakite.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command against a real database, as its owner has it in {@code .env}. */
class TickersCommandTest {
  private final TestDatabase database = TestDatabase.create();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void setting() {
    database.execute(
        """
        INSERT INTO tickers (ticker, streamed, in_setting, status)
        VALUES ('SPY', true, true, 'streaming'), ('IBM', true, true, 'streaming');
        INSERT INTO positions (account_id, ticker, quantity, average_price, cost_basis, realized_pnl)
        VALUES ('1', 'SPY', 5, 100, 500, 0);
        """);
  }

  @AfterEach
  void drop() {
    database.close();
  }

  @Test
  void addsRemovesAndSaysWhereEachComesFrom() {
    assertThat(run(false, "add", "MSFT", "BRK.B", "SPY")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines("MSFT is added.\nBRK.B is added.\nSPY is wanted already.\n");
    assertThat(run(false, "remove", "IBM", "MSFT")).isZero();
    assertThat(run(false, "list")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(TickersCommandTest::squeezed))
        .containsExactly(
            "BRK.B waiting added by a person",
            "IBM leaving removed, in STREAM_TICKERS",
            "SPY streaming from STREAM_TICKERS");
    assertThat(run(true, "list")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("\"ticker\" : \"BRK.B\"", "\"source\" : \"person\"", "\"in_setting\" : true");
  }

  @Test
  void whatCannotBeIsSaidInOneLine() {
    assertThat(run(false, "add", "spy")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith("kite: 'spy' is not a ticker");
    assertThat(run(false, "remove", "SPY")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("position or an open order", "--force");
    assertThat(run(false, "remove", "SPY", "--force")).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("streamed until both are gone");
    assertThat(run(false, "remove", "NEVER")).isEqualTo(1);
    assertThat(run(false, "add")).isEqualTo(2);
    assertThat(run(false, "grow", "SPY")).isEqualTo(2);
    assertThat(run(true, "add", "A", "B", "C", "D")).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"outcome\" : \"too_many\"");
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
                "kite_admin",
                "STREAM_TICKERS_MAX",
                "4"));
    Terminal terminal = new Terminal(new PrintStream(out), new PrintStream(err), json, false);
    return new TickersCommand(settings, InstantSource.system(), terminal).run(List.of(words));
  }

  private static String squeezed(String line) {
    return line.replaceAll(" +", " ").strip();
  }
}
