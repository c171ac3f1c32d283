package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.order.Circumstances;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.WatchedBracket;
import io.alphakite.engine.risk.Exposure;
import io.alphakite.engine.risk.Market;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.order.OrderTerms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads all that a decision about an order looks at in one statement, and so at one moment: an
 * order's way to the broker is mostly round trips to the database.
 */
final class JdbcCircumstances {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration RECENTLY = Duration.ofSeconds(10);
  // An older quote of an option is none.
  private static final Duration OPTION_QUOTE = Duration.ofDays(5);

  /** It renews the feed's state each second; its own silence speaks against the prices, too. */
  private static final Duration STREAMER_SILENCE = Duration.ofSeconds(15);

  private static final String SHARES =
      "SELECT true AS known, bid, ask, quote_time FROM quotes WHERE ticker = :ticker";

  private static final String OPTIONS =
      """
      SELECT true AS known, bid, ask, timestamp AS quote_time FROM option_prices
      WHERE ticker = :ticker AND option_symbol = :symbol AND timestamp > :optionQuote
      ORDER BY timestamp DESC LIMIT 1\
      """;

  // A plan is kept for as long as its connection, also where it was made while the tables were
  // empty; so the text leaves it no other way than by the few rows that are meant. Conditions that
  // are always true have the planner expect few rows: a range without an end, and a count above 0,
  // it takes for a third of all there is. Entries are looked up one by one (OFFSET 0), not joined.
  // IS TRUE: see IntentWrites about its changes.
  private static final String SELECT =
      """
      WITH open AS (
          SELECT i.id, i.trade_id, i.state, i.verified, i.lane, i.origin, i.fingerprint, i.reducing,
                 t.ticker, coalesce(t.option_symbol, t.ticker) AS symbol, t.side, t.parent_id,
                 coalesce(i.order_quantity, t.quantity) - i.filled AS leaves,
                 coalesce(i.order_limit, i.order_stop, t.limit_price, t.stop_price, q.ask, q.last, 0)
                   * CASE WHEN t.option_symbol IS NULL THEN 1 ELSE 100 END AS unit
          FROM engine.order_intents i
          JOIN trades t ON t.id = i.trade_id
          LEFT JOIN quotes q ON q.ticker = t.ticker
          WHERE i.account_id = :account AND i.id <> :id
            AND i.state IN ('APPROVED', 'SENDING', 'UNKNOWN', 'UNRESOLVED', 'ACKED', 'WORKING', 'PARTIAL')),
      entries AS (
          SELECT parent_id AS id FROM open WHERE parent_id IS NOT NULL
          UNION
          SELECT id FROM trades
          WHERE account_id = :account AND num_nonnulls(take_profit, stop_loss) > 0
            AND num_nonnulls(take_profit, stop_loss) IN (1, 2)
            AND filled_quantity > 0 AND bracket_over_at IS NULL),
      -- Of an entry's exits only one closes: what the larger one does, but for what the entry has still
      -- to fill. All that the entry has opened while the broker may not have shown each of them yet.
      exits AS (
          SELECT greatest(
                     CASE WHEN e.claimed_at > :hidden AND e.exits > count(x.trade)
                          THEN e.filled - coalesce(sum(x.closed), 0) END,
                     coalesce(max(x.leaves), 0) - coalesce((SELECT leaves FROM open WHERE id = e.id), 0)) AS closing
          FROM entries
          CROSS JOIN LATERAL (
              SELECT e.id, e.trade_id, e.claimed_at, e.filled, e.broker_order_id,
                     num_nonnulls(t.take_profit, t.stop_loss) AS exits
              FROM trades t
              JOIN engine.order_intents e ON e.trade_id = t.id
              WHERE t.id = entries.id AND e.trade_id = entries.id AND (e.account_id = :account) IS TRUE
                AND t.side NOT LIKE :direction AND coalesce(t.option_symbol, t.ticker) = :symbol
              OFFSET 0) e
          LEFT JOIN LATERAL (
              SELECT exit.id AS trade, sum(i.filled) AS closed, coalesce(sum(o.leaves), 0) AS leaves
              FROM trades exit
              JOIN engine.order_intents i ON i.trade_id = exit.id
              LEFT JOIN open o ON o.id = i.id
              WHERE exit.parent_id = e.trade_id AND exit.parent_order_id = e.broker_order_id
              GROUP BY exit.id) x ON true
          GROUP BY e.id, e.claimed_at, e.exits, e.filled)
      SELECT
        EXISTS (SELECT 1 FROM trades WHERE id = :trade AND cancel_requested_at IS NOT NULL) AS withdrawn,
        others.lane_taken
          OR EXISTS (SELECT 1 FROM engine.order_intents
                     WHERE account_id = :account AND lane = :lane
                       AND hold_until > :now AND hold_until < 'infinity') AS lane_blocked,
        coalesce((SELECT quantity FROM positions
                  WHERE account_id = :account AND ticker = :ticker AND option_symbol = :option), 0) AS position,
        others.buys, others.sells,
        coalesce((SELECT sum(closing) FROM exits WHERE closing > 0), 0) AS exits,
        others.replaced, others.open_orders, others.unknown, others.unresolved, others.reserved,
        claimed.last_minute, claimed.equal + others.equal AS equal_by_strategy,
        EXISTS (SELECT 1 FROM engine.position_differences
                WHERE account_id = :account AND symbol = :symbol) AS disputed,
        (SELECT coalesce(sum(realized_pnl - fees + unrealized_pnl - carried_pnl), 0)
         FROM daily_pnl WHERE account_id = :account AND date = :date) AS day_pnl,
        -- What a person removed is streamed on only to be exited.
        ARRAY(SELECT ticker FROM tickers WHERE streamed AND wish IS DISTINCT FROM 'removed') AS streamed,
        quote.bid, quote.ask, quote.quote_time,
        -- What is not known counts as missing.
        quote.known IS NULL OR EXISTS (SELECT 1 FROM data_gaps WHERE ticker = :ticker AND state = 'open') AS gap,
        (SELECT CASE WHEN blocking THEN message ELSE 'The streaming service is not heard.' END
         FROM feed_states
         WHERE ticker IN ('*', :ticker)
           AND (blocking OR (ticker = '*' AND seen_at < now() - make_interval(secs => :silence)))
         ORDER BY ticker LIMIT 1) AS distrust,
        c.mode, c.armed, c.auto_trading, c.auto_trading_quantity, c.state, c.state_reason, c.buying_power
      FROM trading_controls c
      CROSS JOIN (
          SELECT coalesce(bool_or(lane = :lane AND (state IN ('SENDING', 'UNKNOWN', 'UNRESOLVED')
                                                    OR state = 'ACKED' AND NOT verified)), false) AS lane_taken,
                 coalesce(sum(leaves) FILTER (WHERE symbol = :symbol AND side LIKE 'buy%' AND parent_id IS NULL), 0) AS buys,
                 coalesce(sum(leaves) FILTER (WHERE symbol = :symbol AND side LIKE 'sell%' AND parent_id IS NULL), 0) AS sells,
                 coalesce(sum(leaves) FILTER (WHERE id = :replaces), 0) AS replaced,
                 count(*) FILTER (WHERE id IS DISTINCT FROM :replaces AND parent_id IS NULL) AS open_orders,
                 count(*) FILTER (WHERE ticker = :ticker AND state IN ('UNKNOWN', 'UNRESOLVED')) AS unknown,
                 count(*) FILTER (WHERE state = 'UNRESOLVED') AS unresolved,
                 coalesce(sum(leaves * unit) FILTER (WHERE NOT reducing AND parent_id IS NULL), 0) AS reserved,
                 count(*) FILTER (WHERE state = 'APPROVED' AND origin = 'STRATEGY' AND trade_id <> :trade
                                    AND fingerprint = :fingerprint) AS equal
          FROM open) others
      CROSS JOIN (
          SELECT count(*) AS last_minute,
                 count(*) FILTER (WHERE claimed_at > :recently AND origin = 'STRATEGY' AND trade_id <> :trade
                                    AND fingerprint = :fingerprint) AS equal
          FROM engine.order_intents
          WHERE account_id = :account AND claimed_at > :minute AND claimed_at < 'infinity') claimed
      LEFT JOIN (QUOTE) quote ON true
      """;

  private static final String OF_SHARES = SELECT.replace("QUOTE", SHARES);
  private static final String OF_OPTIONS = SELECT.replace("QUOTE", OPTIONS);

  private final JdbcClient jdbc;
  private final MarketCalendar calendar;
  private final String accountId;

  JdbcCircumstances(JdbcClient jdbc, MarketCalendar calendar, String accountId) {
    this.jdbc = jdbc;
    this.calendar = calendar;
    this.accountId = accountId;
  }

  Circumstances of(OrderIntent intent, Instant wallNow, Instant marketNow) {
    OrderTerms terms = intent.terms();
    boolean open = calendar.isOpen(marketNow, TradingHours.REGULAR);
    return jdbc.sql(terms.option() == null ? OF_SHARES : OF_OPTIONS)
        .param("account", accountId)
        .param("id", intent.id())
        .param("trade", intent.tradeId())
        .param("lane", intent.lane())
        .param("now", Sql.time(wallNow))
        .param("minute", Sql.time(wallNow.minus(MINUTE)))
        .param("hidden", Sql.time(wallNow.minus(WatchedBracket.reserved(intent.origin()))))
        .param("recently", Sql.time(wallNow.minus(RECENTLY)))
        .param("fingerprint", Fingerprint.of(terms).text())
        .param("ticker", terms.ticker().symbol())
        .param("symbol", terms.symbol())
        .param("option", terms.option() == null ? "" : terms.symbol())
        .param("direction", terms.side().isBuy() ? "buy%" : "sell%")
        .param("optionQuote", Sql.time(marketNow.minus(OPTION_QUOTE)))
        .param("replaces", intent.replaces(), Types.OTHER)
        .param("date", calendar.dateOf(marketNow))
        .param("silence", STREAMER_SILENCE.toSeconds())
        .query(
            (row, number) ->
                new Circumstances(
                    row.getBoolean("withdrawn"),
                    row.getBoolean("lane_blocked"),
                    exposure(row),
                    market(row, marketNow, open),
                    controls(row)))
        .single();
  }

  private static Exposure exposure(ResultSet row) throws SQLException {
    return new Exposure(
        row.getLong("position"),
        row.getLong("buys"),
        row.getLong("sells"),
        row.getLong("exits"),
        row.getLong("replaced"),
        row.getInt("open_orders"),
        row.getInt("last_minute"),
        row.getInt("equal_by_strategy"),
        row.getInt("unknown"),
        row.getInt("unresolved"),
        row.getBoolean("disputed"),
        row.getBigDecimal("reserved"),
        row.getBigDecimal("day_pnl"),
        row.getBigDecimal("buying_power"),
        Set.of((String[]) row.getArray("streamed").getArray()));
  }

  private static Market market(ResultSet row, Instant marketNow, boolean open) throws SQLException {
    return new Market(
        Sql.price(row, "bid"),
        Sql.price(row, "ask"),
        Sql.instant(row, "quote_time"),
        marketNow,
        open,
        row.getString("distrust"),
        row.getBoolean("gap"));
  }

  private static Controls controls(ResultSet row) throws SQLException {
    return new Controls(
        TradingMode.fromWire(row.getString("mode")),
        row.getBoolean("armed"),
        row.getBoolean("auto_trading"),
        row.getLong("auto_trading_quantity"),
        TradingState.fromWire(row.getString("state")),
        row.getString("state_reason"));
  }
}
