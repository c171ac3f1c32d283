package io.alphakite.engine.order.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.engine.order.jdbc.JournalCheck.Break;
import io.alphakite.engine.order.jdbc.JournalCheck.Report;
import io.alphakite.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever changes the journal behind its back is found out. */
class JournalCheckTest {

  private static final TestDatabase DATABASE = TestDatabase.create();

  @AfterAll
  static void drop() {
    DATABASE.close();
  }

  @BeforeEach
  void twoAccountsWithAnOrderEach() {
    DATABASE.execute(
        """
        TRUNCATE engine.order_events, engine.order_intents, trades, engine.accounts RESTART IDENTITY CASCADE;
        INSERT INTO engine.accounts (account_id, epoch) VALUES ('a', 1), ('b', 1)
        """);
    for (String account : new String[] {"a", "b"}) {
      DATABASE.execute(
          """
          INSERT INTO trades (id, ticker, side, quantity, order_type, source)
          VALUES (md5('%1$s')::uuid, 'SPY', 'buy', 10, 'market', 'manual');
          INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state, epoch,
              created_at)
          VALUES (md5('%1$s')::uuid, md5('%1$s')::uuid, '%1$s', 1, 'PERSON', 'SPY buy', 'f', 'NEW', 1, now())
          """
              .formatted(account));
      tell(account, "order.new", "NEW");
      move(account, "APPROVED", "");
      tell(account, "order.approved", "APPROVED");
      move(account, "SENDING", ", send_attempts = 1, claimed_at = now()");
      tell(account, "order.sending", "SENDING");
      move(account, "UNKNOWN", "");
      tell(account, "order.unknown", "UNKNOWN");
      tell(account, "order.looked", "UNKNOWN");
    }
  }

  @Test
  void untouchedHolds() throws SQLException {
    assertThat(check()).isEqualTo(new Report(10, 2, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UPDATE engine.order_events SET detail = 'x' WHERE id = 3 | a | 3 | not say what was"
            + " written",
        "UPDATE engine.order_events SET at = at + interval '1 us' WHERE id = 7 | b | 7 | not say"
            + " what",
        "UPDATE engine.order_events SET facts = '{}' WHERE id = 5 | a | 5 | not say what was written",
        "UPDATE engine.order_events SET facts = '{}' WHERE id = 2 | a | 2 | not say what was written",
        "DELETE FROM engine.order_events WHERE id = 3 | a | 4 | missing, changed or out of order",
        "DELETE FROM engine.order_events WHERE id = 1 | a | 2 | missing, changed or out of order",
        "DELETE FROM engine.order_events WHERE id = 10 | b | | has 4 events and ended with 5",
        "DELETE FROM engine.order_events WHERE account_id = 'a' | a | | has 0 events and ended with"
            + " 5",
        "UPDATE engine.order_events SET account_id = 'b' WHERE id = 5 | b | 5 | missing, changed",
      })
  void tamperedEventIsFound(String sql, String account, Long event, String reason)
      throws SQLException {
    tamper(sql);
    Break found = Objects.requireNonNull(check().firstBreak());
    assertThat(found.accountId()).isEqualTo(account);
    assertThat(found.event()).isEqualTo(event);
    assertThat(found.reason()).contains(reason);
  }

  @Test
  void orderThatIsNotWhereItsEventsSayIsFound() throws SQLException {
    tamper("UPDATE engine.order_intents SET state = 'NOT_PLACED' WHERE account_id = 'b'");
    assertThat(Objects.requireNonNull(check().firstBreak()).reason())
        .endsWith("is NOT_PLACED, 0 filled, and its events say UNKNOWN, 0 filled");
  }

  @Test
  void rewrittenEventWithAHashThatFitsBreaksTheNext() throws SQLException {
    tamper("UPDATE engine.order_events SET detail = 'x' WHERE id = 3");
    tamper(
        """
        UPDATE engine.order_events SET hash = sha256(previous_hash || convert_to(
            jsonb_build_array(account_id, intent_id, trade_id, extract(epoch FROM at), event, state, filled,
                              broker_order_id, detail)::text, 'UTF8')) WHERE id = 3
        """);
    assertThat(Objects.requireNonNull(check().firstBreak()).event()).isEqualTo(4);
  }

  @Test
  void illegalMoveIsFoundThoughItIsChained() throws SQLException {
    tell("a", "order.approved", "APPROVED");
    Break found = Objects.requireNonNull(check().firstBreak());
    assertThat(found.event()).isEqualTo(11);
    assertThat(found.reason()).contains("cannot go from UNKNOWN to APPROVED");
  }

  private static Report check() throws SQLException {
    try (Connection connection = DATABASE.url(DatabaseRole.ENGINE).connect()) {
      return JournalCheck.run(connection);
    }
  }

  private static void tamper(String sql) {
    DATABASE.execute("SET session_replication_role = replica; " + sql);
  }

  private static void move(String account, String state, String with) {
    DATABASE.execute(
        "UPDATE engine.order_intents SET state = '%s'%s WHERE account_id = '%s'"
            .formatted(state, with, account));
  }

  private static void tell(String account, String event, String state) {
    DATABASE.execute(
        """
        INSERT INTO engine.order_events (account_id, intent_id, trade_id, at, event, state, filled, facts, previous_hash,
            hash)
        VALUES ('%1$s', md5('%1$s')::uuid, md5('%1$s')::uuid, '2013-10-08T15:00:00Z', '%2$s', '%3$s', 0,
            CASE WHEN '%2$s' = 'order.looked' THEN '{"listed": 3, "complete": true}'::jsonb END, '', '')
        """
            .formatted(account, event, state));
  }
}
