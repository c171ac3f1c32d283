package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.order.OrderState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the journal of orders from its beginning: every hash is computed again, every move has to
 * be legal, and what the events add up to has to be what the orders say now.
 *
 * <p>Whoever may rewrite every table can still write a journal that holds: keep its end elsewhere.
 */
public final class JournalCheck {

  private static final int ROWS = 1000;

  private static final String EVENTS =
      """
      SELECT id, account_id, intent_id, state, filled, broker_order_id, encode(previous_hash, 'hex') AS previous_hash, encode(hash, 'hex') AS hash,
             encode(sha256(previous_hash || convert_to((
               jsonb_build_array(account_id, intent_id, trade_id, extract(epoch FROM at), event, state, filled,
                                 broker_order_id, detail)
               || CASE WHEN facts IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(facts) END)::text, 'UTF8')), 'hex') AS expected
      FROM engine.order_events ORDER BY account_id, id
      """;

  private final Connection connection;
  private final Map<UUID, Standing> rebuilt = new HashMap<>();
  private final Map<String, Chain> chains = new HashMap<>();
  private long events;
  private @Nullable Break first;

  private JournalCheck(Connection connection) {
    this.connection = connection;
  }

  /**
   * What was found.
   *
   * @param events read
   * @param chains one for each account with orders
   * @param firstBreak null when everything holds
   */
  public record Report(long events, int chains, @Nullable Break firstBreak) {}

  /**
   * Where it does not hold.
   *
   * @param event the event's id; null where it is about an order or about the end of a chain
   */
  public record Break(String accountId, @Nullable Long event, String reason) {}

  private record Standing(OrderState state, long filled, @Nullable String brokerOrderId) {}

  private record Chain(long events, String head) {
    static final Chain EMPTY = new Chain(0, "");
  }

  /**
   * Reads all of it, as of one moment.
   *
   * @param connection of a role that may read {@code engine}; it is left without a transaction
   */
  public static Report run(Connection connection) throws SQLException {
    JournalCheck check = new JournalCheck(connection);
    connection.setAutoCommit(false);
    try {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setReadOnly(true);
      check.readEvents();
      check.compareEnds();
      check.compareOrders();
    } finally {
      connection.rollback();
      connection.setReadOnly(false);
      connection.setAutoCommit(true);
    }
    return new Report(check.events, check.chains.size(), check.first);
  }

  private void broken(String account, @Nullable Long event, String reason) {
    if (first == null) {
      first = new Break(account, event, reason);
    }
  }

  private void readEvents() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(ROWS);
      try (ResultSet row = statement.executeQuery(EVENTS)) {
        while (row.next()) {
          events++;
          read(row);
        }
      }
    }
  }

  private void read(ResultSet row) throws SQLException {
    String account = row.getString("account_id");
    long id = row.getLong("id");
    Chain chain = chains.getOrDefault(account, Chain.EMPTY);
    String hash = row.getString("hash");
    if (!chain.head().equals(row.getString("previous_hash"))) {
      broken(account, id, "what came before it is missing, changed or out of order");
    }
    if (!hash.equals(row.getString("expected"))) {
      broken(account, id, "it does not say what was written");
    }
    chains.put(account, new Chain(chain.events() + 1, hash));
    follow(account, id, row);
  }

  private void follow(String account, long id, ResultSet row) throws SQLException {
    UUID intent = row.getObject("intent_id", UUID.class);
    OrderState state = state(row.getString("state"));
    if (state == null) {
      broken(account, id, "it names a state that there is not");
      return;
    }
    Standing after = new Standing(state, row.getLong("filled"), row.getString("broker_order_id"));
    Standing before = rebuilt.put(intent, after);
    boolean legal =
        before == null
            ? state == OrderState.NEW || state == OrderState.ACKED
            : state == before.state() || before.state().next().contains(state);
    if (!legal) {
      broken(
          account,
          id,
          "order "
              + intent
              + " cannot go from "
              + (before == null ? "nothing" : before.state())
              + " to "
              + state);
    }
    if (before != null && after.filled() < before.filled()) {
      broken(account, id, "the fills of order " + intent + " fall");
    }
  }

  private static @Nullable OrderState state(String name) {
    for (OrderState state : OrderState.values()) {
      if (state.name().equals(name)) {
        return state;
      }
    }
    return null;
  }

  private void compareEnds() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT account_id, journal_events, encode(journal_head, 'hex') FROM"
                    + " engine.accounts ORDER BY 1")) {
      while (row.next()) {
        String account = row.getString(1);
        Chain chain = chains.getOrDefault(account, Chain.EMPTY);
        if (chain.events() != row.getLong(2) || !chain.head().equals(row.getString(3))) {
          broken(
              account,
              null,
              "the journal has " + chain.events() + " events and ended with " + row.getLong(2));
        }
      }
    }
  }

  private void compareOrders() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(ROWS);
      try (ResultSet row =
          statement.executeQuery(
              "SELECT id, account_id, state, filled, broker_order_id FROM engine.order_intents"
                  + " ORDER BY account_id, created_at, id")) {
        while (row.next()) {
          compare(row);
        }
      }
    }
  }

  private void compare(ResultSet row) throws SQLException {
    UUID id = row.getObject("id", UUID.class);
    Standing told = rebuilt.get(id);
    boolean equal =
        told != null
            && told.state().name().equals(row.getString("state"))
            && told.filled() == row.getLong("filled")
            && Objects.equals(told.brokerOrderId(), row.getString("broker_order_id"));
    if (!equal) {
      broken(
          row.getString("account_id"),
          null,
          "order %s is %s, %d filled, and its events say %s"
              .formatted(
                  id,
                  row.getString("state"),
                  row.getLong("filled"),
                  told == null ? "nothing" : told.state() + ", " + told.filled() + " filled"));
    }
  }
}
