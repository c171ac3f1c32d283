package io.alphakite.engine.signal.jdbc;

import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.signal.CrossoverWatch;
import io.alphakite.engine.signal.FinishedSecond;
import io.alphakite.engine.signal.Signal;
import io.alphakite.engine.signal.SignalRounds;
import io.alphakite.engine.strategy.CrossoverStrategy;
import io.alphakite.engine.strategy.CrossoverStrategy.Holding;
import io.alphakite.engine.strategy.Decision;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.Crossover;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads finished seconds in sets, one query for all tickers, and writes cursor, signal and the
 * strategy's trade in one transaction: a crash neither doubles nor loses one.
 */
@Repository
class JdbcSignalRounds implements SignalRounds {

  private static final Logger log = LoggerFactory.getLogger(JdbcSignalRounds.class);
  private static final int BATCH = 1000;

  private final JdbcClient jdbc;
  private final CrossoverWatch watch;
  private final MarketCalendar calendar;
  private final ControlsBoard board;

  JdbcSignalRounds(
      JdbcClient jdbc, CrossoverWatch watch, MarketCalendar calendar, ControlsBoard board) {
    this.jdbc = jdbc;
    this.watch = watch;
    this.calendar = calendar;
    this.board = board;
  }

  @Override
  @Transactional
  public int round(Instant marketNow) {
    // Two engines by mistake: one of them looks, the other waits for its turn.
    boolean mine =
        jdbc.sql("SELECT pg_try_advisory_xact_lock(hashtextextended('engine.crossover_watch', 0))")
            .query(Boolean.class)
            .single();
    if (!mine) {
      return 0;
    }
    jdbc.sql(
            """
            INSERT INTO engine.crossover_cursors (ticker)
            SELECT t.ticker FROM tickers t
            WHERE NOT EXISTS (SELECT 1 FROM engine.crossover_cursors c WHERE c.ticker = t.ticker)
            ON CONFLICT DO NOTHING
            """)
        .update();
    Map<Ticker, Cursor> cursors = cursors();
    int looked = 0;
    for (Map.Entry<Ticker, List<FinishedSecond>> entry : rows().entrySet()) {
      Ticker ticker = entry.getKey();
      List<FinishedSecond> rows = entry.getValue();
      boolean more = rows.size() > BATCH;
      Cursor before = Objects.requireNonNull(cursors.get(ticker));
      CrossoverWatch.Seen seen =
          watch.look(
              ticker,
              before.state,
              before.doubtful,
              more ? rows.subList(0, BATCH) : rows,
              more,
              marketNow);
      if (!seen.state().equals(before.state)) {
        save(ticker, seen);
        looked += more ? BATCH : rows.size();
      }
      for (Signal signal : seen.signals()) {
        act(signal, marketNow);
      }
    }
    return looked;
  }

  private record Cursor(Crossover.State state, boolean doubtful) {}

  private Map<Ticker, Cursor> cursors() {
    Map<Ticker, Cursor> cursors = new LinkedHashMap<>();
    jdbc.sql("SELECT * FROM engine.crossover_cursors")
        .query(
            (row, number) -> {
              String relation = row.getString("relation");
              return Optional.ofNullable(
                  cursors.put(
                      Ticker.of(row.getString("ticker")),
                      new Cursor(
                          new Crossover.State(
                              instant(row, "last_second"),
                              instant(row, "vwap_reset"),
                              relation == null ? null : Crossover.Relation.valueOf(relation)),
                          row.getBoolean("relation_doubtful"))));
            })
        .list();
    return cursors;
  }

  /**
   * The next rows of every ticker, one more than a batch. A ticker that was never looked at begins
   * a week before its newest row: far enough for every session somebody may ask about, and bounded.
   */
  private Map<Ticker, List<FinishedSecond>> rows() {
    Map<Ticker, List<FinishedSecond>> rows = new LinkedHashMap<>();
    jdbc.sql(
            """
            SELECT c.ticker, r.*
            FROM (SELECT ticker, coalesce(last_second,
                         (SELECT max(e.timestamp) - interval '7 days' FROM equity_data e WHERE e.ticker = k.ticker))
                         AS after
                  FROM engine.crossover_cursors k) c
            CROSS JOIN LATERAL (
                SELECT e.timestamp, e.price, e.source, i.sma9, i.vwap, coalesce(i.complete, true) AS complete
                FROM equity_data e
                LEFT JOIN indicators i ON i.ticker = e.ticker AND i.timestamp = e.timestamp
                WHERE e.ticker = c.ticker AND e.timestamp > c.after
                ORDER BY e.timestamp LIMIT :limit) r
            ORDER BY c.ticker, r.timestamp
            """)
        .param("limit", BATCH + 1)
        .query(
            (row, number) ->
                rows.computeIfAbsent(
                        Ticker.of(row.getString("ticker")), ticker -> new ArrayList<>())
                    .add(
                        new FinishedSecond(
                            Objects.requireNonNull(instant(row, "timestamp")),
                            Objects.requireNonNull(price(row, "price")),
                            price(row, "sma9"),
                            price(row, "vwap"),
                            row.getString("source").equals("backfill"),
                            row.getBoolean("complete"))))
        .list();
    return rows;
  }

  private void save(Ticker ticker, CrossoverWatch.Seen seen) {
    Crossover.State state = seen.state();
    jdbc.sql(
            """
            UPDATE engine.crossover_cursors
            SET last_second = :second, vwap_reset = :reset, relation = :relation, relation_doubtful = :doubtful
            WHERE ticker = :ticker
            """)
        .param("second", sql(state.lastSecond()))
        .param("reset", sql(state.vwapReset()))
        .param("relation", state.relation() == null ? null : state.relation().name())
        .param("doubtful", seen.doubtful())
        .param("ticker", ticker.symbol())
        .update();
  }

  private void act(Signal signal, Instant marketNow) {
    Decision decision = decide(signal, marketNow);
    String action = action(signal, decision);
    Optional<Long> id = insert(signal, action);
    if (id.isEmpty()) {
      return;
    }
    if (decision instanceof Decision.Trade(OrderTerms order)) {
      ask(order, id.get(), marketNow);
    }
    Notifications.send(jdbc, Channel.SIGNALS, Long.toString(id.get()));
    log.atInfo()
        .addKeyValue("event", "signal." + signal.direction().wire())
        .addKeyValue("ticker", signal.ticker())
        .addKeyValue("action", action)
        .log("Crossover at {}", signal.second());
  }

  private Decision decide(Signal signal, Instant marketNow) {
    if (signal.timeliness() != Signal.Timeliness.CURRENT) {
      return new Decision.Nothing();
    }
    Controls controls = board.controls();
    String account = board.accountId();
    if (account == null) {
      return controls.autoTrading() ? new Decision.Blocked() : new Decision.Nothing();
    }
    return CrossoverStrategy.decide(
        signal.ticker(),
        signal.direction(),
        holding(account, signal.ticker()),
        controls,
        calendar.isOpen(marketNow, TradingHours.REGULAR));
  }

  private static String action(Signal signal, Decision decision) {
    return switch (signal.timeliness()) {
      case STALE -> "stale";
      case BACKFILLED -> "backfilled";
      case GAP -> "gap";
      case CURRENT ->
          switch (decision) {
            case Decision.Trade(OrderTerms order) -> order.side().name().toLowerCase(Locale.ROOT);
            case Decision.Nothing() -> "none";
            case Decision.Blocked() -> "blocked";
          };
    };
  }

  private Holding holding(String account, Ticker ticker) {
    return jdbc.sql(
            """
            SELECT
              coalesce((SELECT sum(CASE WHEN f.side LIKE 'buy%' THEN f.quantity ELSE -f.quantity END)
                        FROM fills f JOIN trades t ON t.id = f.trade_id
                        WHERE t.source = 'auto' AND f.account_id = :account AND f.ticker = :ticker), 0) AS bought,
              coalesce((SELECT quantity FROM positions
                        WHERE account_id = :account AND ticker = :ticker AND option_symbol = ''), 0) AS held,
              EXISTS (SELECT 1 FROM trades WHERE source = 'auto' AND ticker = :ticker
                        AND status NOT IN ('filled', 'canceled', 'rejected', 'expired')) AS busy
            """)
        .param("account", account)
        .param("ticker", ticker.symbol())
        .query(
            (row, number) ->
                new Holding(row.getLong("bought"), row.getLong("held"), row.getBoolean("busy")))
        .single();
  }

  private Optional<Long> insert(Signal signal, String action) {
    return jdbc.sql(
            """
            INSERT INTO trading_signals (ticker, timestamp, direction, price, sma9, vwap, action)
            VALUES (:ticker, :second, :direction, :price, :sma9, :vwap, :action)
            ON CONFLICT (ticker, timestamp) DO NOTHING RETURNING id
            """)
        .param("ticker", signal.ticker().symbol())
        .param("second", sql(signal.second()))
        .param("direction", signal.direction().wire())
        .param("price", signal.price().toBigDecimal())
        .param("sma9", signal.sma9().toBigDecimal())
        .param("vwap", signal.vwap().toBigDecimal())
        .param("action", action)
        .query(Long.class)
        .optional();
  }

  /** The strategy's order takes the way of a person's: a row in {@code trades}. */
  private void ask(OrderTerms order, long signalId, Instant marketNow) {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO trades (id, ticker, side, quantity, order_type, time_in_force, source, signal_id, market_time)
            VALUES (:id, :ticker, :side, :quantity, :type, :tif, 'auto', :signal, :now)
            """)
        .param("id", id)
        .param("ticker", order.ticker().symbol())
        .param("side", order.side().wire())
        .param("quantity", order.quantity())
        .param("type", order.type().wire())
        .param("tif", order.timeInForce().wire())
        .param("signal", signalId)
        .param("now", sql(marketNow))
        .update();
    Notifications.send(jdbc, Channel.TRADE_REQUESTS, id.toString());
    Notifications.send(jdbc, Channel.TRADES, id.toString());
  }

  private static @Nullable Price price(ResultSet row, String column) throws SQLException {
    BigDecimal value = row.getBigDecimal(column);
    return value == null ? null : Price.of(value);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static @Nullable OffsetDateTime sql(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
