package io.alphakite.engine;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.OrderStores;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.platform.settings.Settings;
import io.alphakite.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** The engine's books in a real database, without an engine around them. */
public final class PostgresBooks implements AutoCloseable {

  public static final String ACCOUNT = "sim";

  private final TestDatabase database = TestDatabase.create();
  private final SingleConnectionDataSource connection;
  private final CountingDataSource counting;
  private final AnnotationConfigApplicationContext context;

  public PostgresBooks() {
    DatabaseUrl url = database.url(DatabaseRole.ENGINE);
    connection =
        new SingleConnectionDataSource(
            url.jdbcUrl(), String.valueOf(url.user()), String.valueOf(url.password()), true);
    // As the engine's pool has it.
    Properties properties = new Properties();
    properties.setProperty("prepareThreshold", "1");
    connection.setConnectionProperties(properties);
    counting = new CountingDataSource(connection);
    context = new AnnotationConfigApplicationContext();
    context.registerBean(JdbcClient.class, () -> JdbcClient.create(counting));
    context.registerBean(DataSource.class, () -> counting);
    context.registerBean(
        PlatformTransactionManager.class, () -> new JdbcTransactionManager(counting));
    context.registerBean(MarketCalendar.class, MarketCalendar::nyse);
    context.registerBean(Settings.class, () -> Settings.of(Map.of("MARKET_CLOCK", "wall")));
    context.scan("io.alphakite.engine.order.jdbc", "io.alphakite.engine.position.jdbc");
    context.refresh();
    clear();
  }

  /** As after the first take-over of the account, at epoch 1, armed and live. */
  public void clear() {
    database.execute(
        """
        TRUNCATE engine.order_events, engine.order_intents, engine.history_orders, engine.lots,
            engine.position_differences, engine.accounts, fills, positions, daily_pnl, trades, tickers, quotes CASCADE;
        INSERT INTO engine.accounts (account_id, epoch) VALUES ('sim', 1);
        UPDATE trading_controls SET account_id = 'sim', mode = 'live', armed = true, state = 'active',
            state_reason = NULL, auto_trading = false, auto_trading_quantity = 1, buying_power = 1000000;
        """);
  }

  /** As {@link #filledBefore}; the tables have statistics then. */
  public void filledAndAnalyzed(int orders, Instant now) {
    filledBefore(orders, now);
    database.execute("ANALYZE trades, engine.order_intents, engine.order_events");
  }

  /** Orders that are over, of the minutes before, and their events. */
  public void filledBefore(int orders, Instant now) {
    database.execute(
        """
        SET session_replication_role = replica;
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, source, status, filled_quantity,
            broker_order_id, created_at)
        SELECT gen_random_uuid(), 'sim', 'SPY', 'buy', 1, 'market', 'manual', 'filled', 1, 'before-' || g,
            timestamptz '%s' - g * interval '1 minute'
        FROM generate_series(1, %d) g;
        INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state,
            send_attempts, epoch, created_at, claimed_at, broker_order_id, verified, filled)
        SELECT gen_random_uuid(), id, 'sim', 1, 'PERSON', 'lane', 'fingerprint', 'FILLED',
            1, 1, created_at, created_at, broker_order_id, true, 1
        FROM trades WHERE broker_order_id LIKE 'before-%%';
        INSERT INTO engine.order_events (account_id, intent_id, trade_id, at, event, state, filled, previous_hash, hash)
        SELECT 'sim', id, trade_id, created_at, 'order.filled', state, 1, '', ''
        FROM engine.order_intents WHERE lane = 'lane';
        RESET session_replication_role;
        """
            .formatted(now, orders));
  }

  /** How many rows of orders were read so far, by the table read whole or the index read by. */
  public Map<String, Long> rowsRead() {
    jdbc().sql("SELECT pg_stat_force_next_flush()").query((row, number) -> 0).list();
    Map<String, Long> rows = new TreeMap<>();
    jdbc()
        .sql(
            """
            SELECT relname, seq_tup_read AS rows FROM pg_stat_all_tables
            WHERE relname IN ('trades', 'order_intents', 'order_events')
            UNION ALL
            SELECT indexrelname, idx_tup_read FROM pg_stat_all_indexes
            WHERE relname IN ('trades', 'order_intents', 'order_events')
            """)
        .query(
            row -> {
              rows.put(row.getString("relname"), row.getLong("rows"));
            });
    return rows;
  }

  public OrderStore open(long epoch) {
    return context.getBean(OrderStores.class).open(ACCOUNT, epoch, "hash", "build");
  }

  public CountingDataSource statements() {
    return counting;
  }

  /** As the superuser: what other services and people do. */
  public void execute(String sql) {
    database.execute(sql);
  }

  /** Another of the engine's connections. */
  public Connection connect() throws SQLException {
    return database.url(DatabaseRole.ENGINE).connect();
  }

  public JdbcClient jdbc() {
    return context.getBean(JdbcClient.class);
  }

  @Override
  public void close() {
    context.close();
    connection.destroy();
    database.close();
  }
}
