package io.alphakite.engine;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.OrderStores;
import io.alphakite.platform.RunningService;
import io.alphakite.platform.ServiceLauncher;
import io.alphakite.platform.settings.Settings;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running engine with a database of its own, and the hands of the two services beside it: the
 * streamer's rows and the gateway's requests are written as those would.
 */
final class EngineBench implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final TestDatabase database = TestDatabase.create();
  final Path haltFile = temporaryFolder().resolve("halt");
  private final Map<String, String> settings = new HashMap<>();
  private @Nullable RunningService engine;
  private @Nullable Connection connection;

  EngineBench() {
    DatabaseUrl url = database.url(DatabaseRole.ENGINE);
    settings.put("DATABASE_URL", url.jdbcUrl());
    settings.put("DATABASE_USER", String.valueOf(url.user()));
    settings.put("DATABASE_PASSWORD", String.valueOf(url.password()));
    settings.put("ENGINE_PORT", "0");
    settings.put("MARKET_CLOCK", "feed");
    settings.put("HALT_FILE", haltFile.toString());
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("kite-engine");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  EngineBench with(String name, String value) {
    settings.put(name, value);
    return this;
  }

  EngineBench start() {
    engine = ServiceLauncher.start(TradingEngine.DEFINITION, Settings.of(settings));
    return this;
  }

  /** The running engine's own way to the account's books. */
  OrderStore books(String accountId) {
    if (engine == null) {
      throw new IllegalStateException("No engine runs");
    }
    long epoch = Long.parseLong(one("SELECT epoch FROM engine.accounts"));
    return engine.context().getBean(OrderStores.class).open(accountId, epoch, "hash", "build");
  }

  void stop() {
    if (engine != null) {
      engine.close();
      engine = null;
    }
  }

  void restart() {
    stop();
    start();
  }

  int port() {
    return engine == null ? 0 : engine.port();
  }

  /** As the streamer: a ticker is streamed and quoted. */
  void quote(String ticker, String bid, String ask, long size, String last, Instant time) {
    run("INSERT INTO tickers (ticker, streamed) VALUES (?, true) ON CONFLICT DO NOTHING", ticker);
    run(
        """
        INSERT INTO quotes (ticker, bid, ask, bid_size, ask_size, last, quote_time, trade_time, received_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, now())
        ON CONFLICT (ticker) DO UPDATE SET bid = excluded.bid, ask = excluded.ask, bid_size = excluded.bid_size,
            ask_size = excluded.ask_size, last = excluded.last, quote_time = excluded.quote_time,
            trade_time = excluded.trade_time
        """,
        ticker,
        new BigDecimal(bid),
        new BigDecimal(ask),
        size,
        size,
        new BigDecimal(last),
        time(time),
        time(time));
    run("SELECT pg_notify('market_data', ?)", ticker);
  }

  /** As the streamer: one second's row. */
  void second(String ticker, Instant second, @Nullable String sma9, @Nullable String vwap) {
    run(
        "INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES (?, ?, 167.41, 100)",
        ticker,
        time(second));
    run(
        "INSERT INTO indicators (ticker, timestamp, sma9, vwap) VALUES (?, ?, ?, ?)",
        ticker,
        time(second),
        sma9 == null ? null : new BigDecimal(sma9),
        vwap == null ? null : new BigDecimal(vwap));
    run("SELECT pg_notify('market_data', ?)", ticker);
  }

  /** As the gateway: a person's market order. */
  UUID ask(String side, long quantity, String ticker) {
    return ask(side, quantity, ticker, null, null, "day");
  }

  /** As the gateway: a person's order. */
  UUID ask(
      String side,
      long quantity,
      String ticker,
      @Nullable String limit,
      @Nullable String stop,
      String timeInForce) {
    UUID id = UUID.randomUUID();
    String type =
        limit != null ? (stop != null ? "stop_limit" : "limit") : stop != null ? "stop" : "market";
    run(
        """
        INSERT INTO trades (id, ticker, side, quantity, order_type, limit_price, stop_price, time_in_force, source)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'manual')
        """,
        id,
        ticker,
        side,
        quantity,
        type,
        limit == null ? null : new BigDecimal(limit),
        stop == null ? null : new BigDecimal(stop),
        timeInForce);
    run("SELECT pg_notify('trade_requests', ?)", id.toString());
    return id;
  }

  /** As the gateway: a person's market order that brings its exits with it. */
  UUID askBracket(
      String side,
      long quantity,
      String ticker,
      @Nullable String takeProfit,
      @Nullable String stopLoss) {
    UUID id = UUID.randomUUID();
    run(
        """
        INSERT INTO trades (id, ticker, side, quantity, order_type, take_profit, stop_loss, source)
        VALUES (?, ?, ?, ?, 'market', ?, ?, 'manual')
        """,
        id,
        ticker,
        side,
        quantity,
        takeProfit == null ? null : new BigDecimal(takeProfit),
        stopLoss == null ? null : new BigDecimal(stopLoss));
    run("SELECT pg_notify('trade_requests', ?)", id.toString());
    return id;
  }

  /** The trade of a bracket's exit; empty before the broker has shown it. */
  String exit(UUID entry, String role) {
    return String.join(
        ",", all("SELECT id FROM trades WHERE parent_id = ? AND role = ?", entry, role));
  }

  /** As the gateway: a person wants another price or quantity of an order that works. */
  UUID change(UUID trade, @Nullable String limit, @Nullable Long quantity) {
    UUID id = UUID.randomUUID();
    run(
        "INSERT INTO trade_changes (id, trade_id, limit_price, quantity) VALUES (?, ?, ?, ?)",
        id,
        trade,
        limit == null ? null : new BigDecimal(limit),
        quantity);
    run("SELECT pg_notify('trade_requests', ?)", trade.toString());
    return id;
  }

  /** As the gateway: a person takes a trade back. */
  void cancel(UUID trade) {
    run("UPDATE trades SET cancel_requested_at = now() WHERE id = ?", trade);
    run("SELECT pg_notify('trade_requests', ?)", trade.toString());
  }

  String status(UUID trade) {
    return one("SELECT status FROM trades WHERE id = ?", trade);
  }

  String reason(UUID trade) {
    return one("SELECT coalesce(reject_reason, '') FROM trades WHERE id = ?", trade);
  }

  void awaitStatus(UUID trade, String status) {
    await("trade to be " + status, () -> status(trade).equals(status), () -> trades(trade));
  }

  String trades(UUID trade) {
    return one("SELECT t::text FROM trades t WHERE id = ?", trade)
        + " / "
        + all(
            "SELECT event || ' ' || coalesce(detail, '') FROM engine.order_events WHERE trade_id = ? ORDER BY id",
            trade);
  }

  void awaitRow(String expected, String sql, Object... parameters) {
    await(
        sql + " to give " + expected,
        () -> all(sql, parameters).equals(List.of(expected)),
        () -> all(sql, parameters).toString());
  }

  /** The single value of a query, as text. */
  String one(String sql, @Nullable Object... parameters) {
    List<String> rows = all(sql, parameters);
    if (rows.size() != 1) {
      throw new AssertionError(sql + " gave " + rows);
    }
    return rows.getFirst();
  }

  /** The first column of a query, as text. */
  List<String> all(String sql, @Nullable Object... parameters) {
    List<String> rows = new ArrayList<>();
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        rows.add(String.valueOf(result.getString(1)));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Runs a statement as the superuser. */
  void run(String sql, @Nullable Object... parameters) {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private PreparedStatement prepare(String sql, @Nullable Object... parameters)
      throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = database.superuser().connect();
      connection = open;
    }
    PreparedStatement statement = open.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  /** What has to become true. */
  interface Condition {
    boolean holds();
  }

  /** What to say when it does not. */
  interface Story {
    String tell();
  }

  static void await(String what, Condition condition, Story otherwise) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Waited in vain for " + what + ": " + otherwise.tell());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  @Override
  public void close() {
    stop();
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    database.close();
    try {
      Files.deleteIfExists(haltFile);
      Files.deleteIfExists(Objects.requireNonNull(haltFile.getParent()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
