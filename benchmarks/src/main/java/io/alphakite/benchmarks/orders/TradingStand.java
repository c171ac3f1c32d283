package io.alphakite.benchmarks.orders;

import io.alphakite.benchmarks.BenchDatabase;
import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.engine.TradingEngine;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.RunningService;
import io.alphakite.platform.ServiceLauncher;
import io.alphakite.platform.settings.Settings;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.market.EquityQuote;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.simulator.web.Arrivals.Arrival;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The engine as {@code ./kite up} starts it, live against the simulated Schwab, and the hands of
 * the services beside it: quotes as the streaming service writes them, trades as the gateway does.
 */
final class TradingStand implements AutoCloseable {
  static final List<String> TICKERS = List.of("SPY", "IBM", "BAC");

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SETTLING = Duration.ofSeconds(2);
  private static final Duration QUOTES = Duration.ofMillis(100);
  private static final Instant OPEN = Instant.parse("2013-10-07T13:30:05Z");
  private static final String PLENTY = "1000000000";
  private static final String CALLBACK = "https://127.0.0.1:8182";

  private final BlockingQueue<Arrival> orders = new LinkedBlockingQueue<>();
  private final BlockingQueue<Arrival> previews = new LinkedBlockingQueue<>();
  private final DatabaseUrl owner;
  private final SimulatorServer simulator;
  private final SchwabApi schwab;
  private final RunningService engine;
  private final Connection gateway;
  private final Connection journal;
  private final Thread quotes;
  private volatile boolean closed;

  TradingStand(BenchDatabase database, Path directory)
      throws IOException, SQLException, InterruptedException {
    this.owner = database.owner();
    this.simulator = simulator();
    simulator.watch(this::arrived);
    Path token = directory.resolve("orders-token.json");
    Files.deleteIfExists(token);
    this.schwab =
        SchwabApi.connect(
            SchwabConfig.of(simulator.baseUrl().toString(), "key", "secret", CALLBACK, token, null),
            InstantSource.system());
    schwab.login().withoutPerson();
    simulator.speed(1_000);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (simulator.marketTime().isBefore(OPEN)) {
      if (System.nanoTime() > end) {
        throw new IOException("the simulated market did not open");
      }
      Thread.sleep(5);
    }
    simulator.speed(1);
    Map<String, EquityQuote> opening = new HashMap<>();
    schwab
        .marketData()
        .quotes(TICKERS.stream().map(Ticker::of).toList())
        .forEach((ticker, quote) -> opening.put(ticker.symbol(), quote));
    this.gateway = database.as(DatabaseRole.GATEWAY).connect();
    gateway.setAutoCommit(false);
    this.journal = owner.connect();
    this.quotes = Thread.ofPlatform().name("bench-quotes").daemon().unstarted(() -> quote(opening));
    quotes.start();
    this.engine =
        ServiceLauncher.start(
            TradingEngine.DEFINITION, settings(database.as(DatabaseRole.ENGINE), token));
    awaitEngine();
  }

  private static SimulatorServer simulator() {
    return SimulatorServer.start(
        SimulatorSettings.of(
            Map.of(
                "SIMULATOR_PORT", "0",
                "SIMULATOR_WAIT_FOR_SUBSCRIBER", "false",
                "SIMULATOR_CASH", PLENTY,
                "SCHWAB_APP_KEY", "key",
                "SCHWAB_APP_SECRET", "secret",
                "SCHWAB_CALLBACK_URL", CALLBACK)));
  }

  private Settings settings(DatabaseUrl database, Path token) {
    Map<String, String> settings = new HashMap<>();
    settings.put("DATABASE_URL", database.jdbcUrl());
    settings.put("DATABASE_USER", String.valueOf(database.user()));
    settings.put("DATABASE_PASSWORD", String.valueOf(database.password()));
    settings.put("ENGINE_PORT", "0");
    settings.put("MARKET_CLOCK", "feed");
    settings.put("HALT_FILE", token.resolveSibling("halt").toString());
    settings.put("TRADING_MODE", "live");
    settings.put("TRADING_ARMED", "true");
    settings.put("SCHWAB_BASE_URL", simulator.baseUrl().toString());
    settings.put("SCHWAB_APP_KEY", "key");
    settings.put("SCHWAB_APP_SECRET", "secret");
    settings.put("SCHWAB_CALLBACK_URL", CALLBACK);
    settings.put("SCHWAB_TOKEN_FILE", token.toString());
    // Every check is made; none of them is to say no.
    settings.put("RISK_MAX_POSITION_NOTIONAL", PLENTY);
    settings.put("RISK_MAX_DAILY_LOSS", PLENTY);
    settings.put("RISK_MAX_OPEN_ORDERS", PLENTY);
    settings.put("RISK_MAX_ORDERS_PER_MINUTE", PLENTY);
    settings.put("RISK_MAX_QUOTE_AGE_SECONDS", "60");
    return Settings.of(settings);
  }

  SimulatorServer broker() {
    return simulator;
  }

  SchwabApi schwab() {
    return schwab;
  }

  private void arrived(Arrival arrival) {
    if (arrival.method().equals("POST")) {
      if (arrival.path().endsWith("/orders")) {
        orders.add(arrival);
      } else if (arrival.path().endsWith("/previewOrder")) {
        previews.add(arrival);
      }
    }
  }

  /** Trades that were written down, and when their COMMIT was about to be sent. */
  record Asked(List<UUID> trades, Instant commit, long commitNanos) {}

  /**
   * How long each part of a trade's way took, in nanoseconds: until the engine read it, until its
   * order was claimed, until the order's first byte came. The engine's own times are cut to
   * microseconds.
   */
  record Progress(long heard, long claimed, long sent) {}

  /** An order of one share. */
  record Wanted(String ticker, String side) {}

  /** As the gateway: market orders for one share each, in one transaction. */
  Asked ask(List<Wanted> wanted) throws SQLException {
    orders.clear();
    List<UUID> ids = wanted.stream().map(_ -> UUID.randomUUID()).toList();
    try (PreparedStatement insert =
            gateway.prepareStatement(
                """
                INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, source)
                VALUES (?, (SELECT account_id FROM trading_controls), ?, ?, 1, 'market', 'manual')
                """);
        PreparedStatement tell =
            gateway.prepareStatement(
                "SELECT pg_notify('trade_requests', ?), pg_notify('trades', ?)")) {
      for (int i = 0; i < ids.size(); i++) {
        insert.setObject(1, ids.get(i));
        insert.setString(2, wanted.get(i).ticker());
        insert.setString(3, wanted.get(i).side());
        insert.executeUpdate();
        tell.setString(1, ids.get(i).toString());
        tell.setString(2, ids.get(i).toString());
        tell.execute();
      }
    }
    Instant commit = Instant.now();
    long nanos = System.nanoTime();
    gateway.commit();
    return new Asked(ids, commit, nanos);
  }

  /** When the next order's first byte was read by the broker. */
  long awaitOrder(Asked asked) throws InterruptedException, SQLException, IOException {
    Arrival arrival = orders.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (arrival == null) {
      throw new IOException("an order did not come to the broker: " + standing(asked));
    }
    return arrival.nanos();
  }

  /** The parts of a single trade's way, as the journal has its times. */
  Progress progress(Asked asked, long arrivedNanos) throws SQLException {
    try (PreparedStatement select =
        journal.prepareStatement(
            """
            SELECT (SELECT at FROM engine.order_events WHERE trade_id = t.id AND event = 'order.new'),
                   (SELECT at FROM engine.order_events WHERE trade_id = t.id AND event = 'order.sending')
            FROM trades t WHERE id = ?
            """)) {
      select.setObject(1, asked.trades().getFirst());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        long read = since(asked, row.getObject(1, OffsetDateTime.class));
        long claimed = since(asked, row.getObject(2, OffsetDateTime.class));
        return new Progress(read, claimed - read, arrivedNanos - asked.commitNanos() - claimed);
      }
    }
  }

  private static long since(Asked asked, OffsetDateTime time) {
    return Duration.between(asked.commit(), time.toInstant()).toNanos();
  }

  /** Waits until the engine trades, and has nothing else to do. */
  private void awaitEngine() throws SQLException, IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!trades()) {
      if (System.nanoTime() > end) {
        throw new IOException("the engine did not begin to trade");
      }
      Thread.sleep(20);
    }
    Thread.sleep(SETTLING);
  }

  private boolean trades() throws SQLException {
    try (PreparedStatement select =
            journal.prepareStatement(
                "SELECT engine_seen_at IS NOT NULL AND broker_proven_at IS NOT NULL FROM trading_controls");
        ResultSet row = select.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** When the bare request's first byte was read by the broker. */
  long awaitPreview() throws InterruptedException, IOException {
    Arrival arrival = previews.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (arrival == null) {
      throw new IOException("a bare request did not come to the broker");
    }
    return arrival.nanos();
  }

  /** Waits until the trades are filled, and so their lanes free. */
  void awaitFilled(Asked asked) throws SQLException, IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!standing(asked).equals(Map.of("filled", asked.trades().size()).toString())) {
      if (System.nanoTime() > end) {
        throw new IOException("trades were not filled: " + standing(asked));
      }
      Thread.sleep(2);
    }
  }

  private String standing(Asked asked) throws SQLException {
    Map<String, Integer> standing = new HashMap<>();
    try (PreparedStatement select =
        gateway.prepareStatement(
            "SELECT concat_ws(': ', status, reject_reason) FROM trades WHERE id = ANY (?)")) {
      select.setArray(1, gateway.createArrayOf("uuid", asked.trades().toArray()));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          standing.merge(row.getString(1), 1, Integer::sum);
        }
      }
    }
    gateway.rollback();
    return standing.toString();
  }

  /** As the streamer: the opening's quotes, always of now. */
  private void quote(Map<String, EquityQuote> opening) {
    try (Connection connection = owner.connect();
        PreparedStatement ticker =
            connection.prepareStatement(
                "INSERT INTO tickers (ticker, streamed) VALUES (?, true) ON CONFLICT DO NOTHING");
        PreparedStatement upsert =
            connection.prepareStatement(
                """
                INSERT INTO quotes (ticker, bid, ask, bid_size, ask_size, last, quote_time, trade_time, received_at)
                VALUES (?, ?, ?, 100, 100, ?, ?, ?, now())
                ON CONFLICT (ticker) DO UPDATE SET quote_time = excluded.quote_time, trade_time = excluded.trade_time
                """);
        PreparedStatement tell =
            connection.prepareStatement("SELECT pg_notify('market_data', ?)")) {
      connection.setAutoCommit(false);
      for (String name : TICKERS) {
        ticker.setString(1, name);
        ticker.executeUpdate();
      }
      while (!closed) {
        for (String name : TICKERS) {
          EquityQuote quote = opening.get(name);
          upsert.setString(1, name);
          upsert.setBigDecimal(2, price(quote == null ? null : quote.bid()));
          upsert.setBigDecimal(3, price(quote == null ? null : quote.ask()));
          upsert.setBigDecimal(4, price(quote == null ? null : quote.last()));
          upsert.setObject(5, simulator.marketTime().atOffset(ZoneOffset.UTC));
          upsert.setObject(6, simulator.marketTime().atOffset(ZoneOffset.UTC));
          upsert.executeUpdate();
        }
        tell.setString(1, String.join(",", TICKERS));
        tell.execute();
        connection.commit();
        Thread.sleep(QUOTES);
      }
    } catch (SQLException e) {
      if (!closed) {
        throw new IllegalStateException("quotes could not be written", e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable BigDecimal price(@Nullable Price price) {
    return price == null ? null : price.toBigDecimal();
  }

  @Override
  public void close() throws SQLException {
    closed = true;
    engine.close();
    try {
      quotes.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    gateway.close();
    journal.close();
    simulator.close();
  }
}
