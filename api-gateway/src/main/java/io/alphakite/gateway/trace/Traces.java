package io.alphakite.gateway.trace;

import io.alphakite.gateway.trace.TraceViews.BeforeView;
import io.alphakite.gateway.trace.TraceViews.CauseView;
import io.alphakite.gateway.trace.TraceViews.EventView;
import io.alphakite.gateway.trace.TraceViews.FillView;
import io.alphakite.gateway.trace.TraceViews.JournalView;
import io.alphakite.gateway.trace.TraceViews.OrderView;
import io.alphakite.gateway.trace.TraceViews.TraceView;
import io.alphakite.gateway.web.Decimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads traces. */
public final class Traces {
  private static final int VERSION = 1;

  /** So many of a trade's first events are told, and as many of its last. */
  static final int EVENTS_EACH_END = 200;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  /**
   * Reads there.
   *
   * @param transactions of the same database
   */
  public Traces(JdbcClient jdbc, PlatformTransactionManager transactions, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
    transaction.setReadOnly(true);
    transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
  }

  /** The trace of a trade. */
  public Optional<TraceView> find(UUID trade) {
    return transaction.execute(_ -> read(trade));
  }

  private Optional<TraceView> read(UUID trade) {
    return jdbc.sql("SELECT * FROM trades WHERE id = :id")
        .param("id", trade)
        .query(
            (row, number) -> {
              List<EventView> events = events(trade);
              return Timeline.complete(
                  new TraceView(
                      VERSION,
                      trade,
                      clock.instant(),
                      row.getString("ticker"),
                      row.getString("status"),
                      row.getString("source"),
                      row.getString("asked_by"),
                      row.getString("request_id"),
                      row.getTimestamp("created_at").toInstant(),
                      time(row, "market_time"),
                      row.getString("reject_reason"),
                      cause(trade),
                      orders(trade),
                      events,
                      events.size() < 2 * EVENTS_EACH_END ? 0 : count(trade) - events.size(),
                      fills(trade),
                      journal(row.getString("account_id")),
                      List.of()),
                  order(row));
            })
        .optional();
  }

  private static String order(ResultSet row) throws SQLException {
    String symbol = row.getString("option_symbol");
    return "%s %d %s %s"
        .formatted(
            row.getString("side").replace('_', ' '),
            row.getLong("quantity"),
            symbol == null ? row.getString("ticker") : symbol,
            row.getString("order_type").replace('_', ' '));
  }

  private @Nullable CauseView cause(UUID trade) {
    return jdbc.sql(
            """
            SELECT s.*, e.volume, i.complete, b.timestamp AS before_at, b.price AS before_price,
                   b.sma9 AS before_sma9, b.vwap AS before_vwap
            FROM trades t JOIN trading_signals s ON s.id = t.signal_id
            LEFT JOIN equity_data e ON e.ticker = s.ticker AND e.timestamp = s.timestamp
            LEFT JOIN indicators i ON i.ticker = s.ticker AND i.timestamp = s.timestamp
            LEFT JOIN LATERAL (
                SELECT d.timestamp, d.price, n.sma9, n.vwap FROM indicators n
                JOIN equity_data d ON d.ticker = n.ticker AND d.timestamp = n.timestamp
                WHERE n.ticker = s.ticker AND n.timestamp < s.timestamp
                  AND n.timestamp > s.timestamp - interval '1 day'
                  AND n.sma9 IS NOT NULL AND n.vwap IS NOT NULL AND n.sma9 <> n.vwap
                ORDER BY n.timestamp DESC LIMIT 1) b ON true
            WHERE t.id = :id
            """)
        .param("id", trade)
        .query(
            (row, number) -> {
              Instant before = time(row, "before_at");
              return new CauseView(
                  row.getLong("id"),
                  row.getTimestamp("timestamp").toInstant(),
                  row.getString("direction"),
                  row.getBigDecimal("price"),
                  row.getBigDecimal("sma9"),
                  row.getBigDecimal("vwap"),
                  row.getString("action"),
                  row.getObject("volume", Long.class),
                  row.getObject("complete", Boolean.class),
                  before == null
                      ? null
                      : new BeforeView(
                          before,
                          row.getBigDecimal("before_price"),
                          row.getBigDecimal("before_sma9"),
                          row.getBigDecimal("before_vwap")),
                  row.getTimestamp("created_at").toInstant());
            })
        .optional()
        .orElse(null);
  }

  private List<OrderView> orders(UUID trade) {
    return jdbc.sql("SELECT * FROM engine.order_intents WHERE trade_id = :id ORDER BY attempt")
        .param("id", trade)
        .query(
            (row, number) ->
                new OrderView(
                    row.getObject("id", UUID.class),
                    row.getInt("attempt"),
                    row.getString("state"),
                    row.getString("broker_order_id"),
                    row.getString("fingerprint"),
                    row.getString("settings_hash"),
                    row.getString("build")))
        .list();
  }

  private long count(UUID trade) {
    return jdbc.sql("SELECT count(*) FROM engine.order_events WHERE trade_id = :id")
        .param("id", trade)
        .query(Long.class)
        .single();
  }

  // An order of unknown fate writes an event every quarter of a minute for as long as it is one.
  private List<EventView> events(UUID trade) {
    return jdbc.sql(
            """
            SELECT e.*, e.facts::text AS facts_text, encode(e.previous_hash, 'hex') AS previous_hex,
                   encode(e.hash, 'hex') AS hash_hex,
                   (jsonb_build_array(account_id, intent_id, trade_id, extract(epoch FROM at), event, state, filled,
                                      broker_order_id, detail)
                    || CASE WHEN facts IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(facts) END)::text AS hashed
            FROM engine.order_events e
            WHERE id IN ((SELECT id FROM engine.order_events WHERE trade_id = :id ORDER BY id LIMIT :each)
                         UNION
                         (SELECT id FROM engine.order_events WHERE trade_id = :id ORDER BY id DESC LIMIT :each))
            ORDER BY id
            """)
        .param("id", trade)
        .param("each", EVENTS_EACH_END)
        .query(
            (row, number) ->
                new EventView(
                    row.getLong("id"),
                    row.getObject("intent_id", UUID.class),
                    row.getTimestamp("at").toInstant(),
                    row.getString("event"),
                    row.getString("state"),
                    Decimal.quantity(row.getLong("filled")),
                    row.getString("broker_order_id"),
                    row.getString("detail"),
                    facts(row.getString("facts_text")),
                    row.getString("previous_hex"),
                    row.getString("hash_hex"),
                    row.getString("hashed")))
        .list();
  }

  private static @Nullable Map<String, Object> facts(@Nullable String text) {
    return text == null ? null : JSON.readValue(text, new TypeReference<>() {});
  }

  private List<FillView> fills(UUID trade) {
    return jdbc.sql("SELECT * FROM fills WHERE trade_id = :id ORDER BY id")
        .param("id", trade)
        .query(
            (row, number) ->
                new FillView(
                    row.getString("execution_id"),
                    row.getString("broker_order_id"),
                    Decimal.quantity(row.getLong("quantity")),
                    Decimal.money(row.getBigDecimal("price")),
                    Decimal.money(row.getBigDecimal("fees")),
                    Decimal.money(row.getBigDecimal("realized_pnl")),
                    row.getTimestamp("executed_at").toInstant(),
                    row.getTimestamp("market_time").toInstant()))
        .list();
  }

  private @Nullable JournalView journal(@Nullable String account) {
    return jdbc.sql(
            """
            SELECT journal_events AS events, encode(journal_head, 'hex') AS head
            FROM engine.accounts WHERE account_id = :account
            """)
        .param("account", account, java.sql.Types.VARCHAR)
        .query((row, number) -> new JournalView(row.getLong("events"), row.getString("head")))
        .optional()
        .orElse(null);
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }
}
