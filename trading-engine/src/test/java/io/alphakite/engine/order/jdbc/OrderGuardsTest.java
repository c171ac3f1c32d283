package io.alphakite.engine.order.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.DatabaseRole;
import io.alphakite.engine.order.OrderState;
import io.alphakite.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Attacks on the order tables as the engine's own role: what code must not do, the database
 * refuses.
 */
class OrderGuardsTest {

  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final String ID = "00000000-0000-0000-0000-00000000000";

  @AfterAll
  static void drop() {
    DATABASE.close();
  }

  @BeforeEach
  void begin() {
    DATABASE.execute(
        """
        TRUNCATE engine.order_events, engine.order_intents, trades, engine.accounts CASCADE;
        INSERT INTO engine.accounts (account_id, epoch) VALUES ('a', 3)
        """);
  }

  @Test
  void movesAreThoseOfTheStateMachine() throws SQLException {
    Set<String> java = new TreeSet<>();
    for (OrderState from : OrderState.values()) {
      from.next().forEach(to -> java.add(from + " " + to));
    }
    assertThat(
            new TreeSet<>(
                rows("SELECT from_state || ' ' || to_state FROM engine.order_transitions")))
        .isEqualTo(java);
  }

  @Test
  void orderIsNotSentTwice() throws SQLException {
    intent(1, "SPY buy");
    state(1, "APPROVED");
    claim(1);
    refused("UPDATE engine.order_intents SET send_attempts = 2", "order_intents");
    refused(
        "UPDATE engine.order_intents SET send_attempts = 0, claimed_at = NULL", "order_intents");
    refused("UPDATE engine.order_intents SET state = 'APPROVED'", "SENDING cannot become APPROVED");
    state(1, "UNKNOWN");
    refused("UPDATE engine.order_intents SET state = 'SENDING'", "UNKNOWN cannot become SENDING");
    refused("UPDATE engine.order_intents SET state = 'NEW'", "UNKNOWN cannot become NEW");
  }

  @Test
  void onlyAnApprovedOrderIsSent() throws SQLException {
    intent(1, "SPY buy");
    refused(
        "UPDATE engine.order_intents SET state = 'SENDING', send_attempts = 1, claimed_at = now()",
        "only an approved order is sent");
  }

  @Test
  void orderDoesNotBeginInTheMiddle() {
    assertThatThrownBy(() -> intent(1, "SPY buy", "APPROVED"))
        .hasMessageContaining("an order begins as NEW");
    assertThatThrownBy(() -> intent(1, "SPY buy", "ACKED"))
        .hasMessageContaining("an order begins as NEW");
  }

  @Test
  void laneHasOneOrderOfUnknownFate() throws SQLException {
    for (int i = 1; i <= 2; i++) {
      intent(i, "SPY buy");
      state(i, "APPROVED");
    }
    claim(1);
    assertThatThrownBy(() -> claim(2)).hasMessageContaining("order_intents_lane_uq");
    state(1, "UNKNOWN");
    assertThatThrownBy(() -> claim(2)).hasMessageContaining("order_intents_lane_uq");
  }

  @Test
  void brokerOrderHasOneOwner() throws SQLException {
    for (int i = 1; i <= 2; i++) {
      intent(i, "lane " + i);
      state(i, "APPROVED");
      claim(i);
    }
    execute(
        "UPDATE engine.order_intents SET state = 'ACKED', broker_order_id = '7' WHERE id = '"
            + ID
            + "1'");
    refused(
        "UPDATE engine.order_intents SET state = 'ACKED', broker_order_id = '7' WHERE id = '"
            + ID
            + "2'",
        "order_intents_account_broker_order_uq");
  }

  @Test
  void engineWhoseEpochIsOverCannotWrite() throws SQLException {
    intent(1, "SPY buy");
    execute("UPDATE engine.accounts SET epoch = 4");
    refused("UPDATE engine.order_intents SET state = 'APPROVED'", "epoch 3 is over");
  }

  @Test
  void whatAnOrderIsDoesNotChange() throws SQLException {
    intent(1, "SPY buy");
    refused("UPDATE engine.order_intents SET lane = 'IBM buy'", "does not change");
    refused("UPDATE engine.order_intents SET fingerprint = 'x'", "does not change");
  }

  @Test
  void journalIsAppendOnlyAndChained() throws SQLException {
    intent(1, "SPY buy");
    for (int i = 0; i < 3; i++) {
      execute(
          """
          INSERT INTO engine.order_events (account_id, intent_id, trade_id, at, event, state, filled, previous_hash, hash)
          VALUES ('a', '%s1', '%s1', '2013-10-08T15:00:00Z', 'order.new', 'NEW', 0, '\\x00', '\\x00')
          """
              .formatted(ID, ID));
    }
    assertThat(
            rows(
                """
                SELECT count(*) FROM (
                  SELECT previous_hash, coalesce(lag(hash) OVER (ORDER BY id), '\\x') AS expected
                  FROM engine.order_events) chain
                WHERE previous_hash = expected
                """))
        .containsExactly("3");
    assertThat(rows("SELECT count(DISTINCT hash) FROM engine.order_events")).containsExactly("3");
    refused("UPDATE engine.order_events SET event = 'x'", "permission denied");
    refused("DELETE FROM engine.order_events", "permission denied");
    refused("DELETE FROM engine.order_intents", "permission denied");
    refused("TRUNCATE engine.order_events", "permission denied");
  }

  @Test
  void gatewayOnlyReads() {
    for (String sql :
        List.of(
            "UPDATE engine.order_intents SET state = 'APPROVED'",
            "INSERT INTO engine.lots VALUES ('a', 'SPY', 0, 1, 1)",
            "UPDATE engine.accounts SET epoch = 9",
            "INSERT INTO engine.flatten_trades VALUES (gen_random_uuid(), 1)")) {
      assertThatThrownBy(
              () -> {
                try (Connection connection = DATABASE.url(DatabaseRole.GATEWAY).connect();
                    Statement statement = connection.createStatement()) {
                  statement.execute(sql);
                }
              })
          .hasMessageContaining("permission denied");
    }
  }

  private static void intent(int number, String lane) throws SQLException {
    intent(number, lane, "NEW");
  }

  private static void intent(int number, String lane, String state) throws SQLException {
    execute(
        """
        INSERT INTO trades (id, ticker, side, quantity, order_type, source)
        VALUES ('%1$s%2$d', 'SPY', 'buy', 10, 'market', 'manual') ON CONFLICT DO NOTHING
        """
            .formatted(ID, number));
    execute(
        """
        INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state, epoch, created_at)
        VALUES ('%1$s%2$d', '%1$s%2$d', 'a', 1, 'PERSON', '%3$s', 'f', '%4$s', 3, now())
        """
            .formatted(ID, number, lane, state));
  }

  private static void state(int number, String state) throws SQLException {
    execute(
        "UPDATE engine.order_intents SET state = '" + state + "' WHERE id = '" + ID + number + "'");
  }

  private static void claim(int number) throws SQLException {
    execute(
        "UPDATE engine.order_intents SET state = 'SENDING', send_attempts = 1, claimed_at = now() WHERE id = '"
            + ID
            + number
            + "'");
  }

  private static void refused(String sql, String why) {
    assertThatThrownBy(() -> execute(sql)).hasMessageContaining(why);
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = DATABASE.url(DatabaseRole.ENGINE).connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DATABASE.url(DatabaseRole.ENGINE).connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }
}
