package io.alphakite.engine.kill.jdbc;

import io.alphakite.engine.kill.KillBooks;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The kill switch's books in PostgreSQL. */
@Repository
class JdbcKillBooks implements KillBooks {

  private final JdbcClient jdbc;
  private final PositionKeeper positions;

  JdbcKillBooks(JdbcClient jdbc, PositionKeeper positions) {
    this.jdbc = jdbc;
    this.positions = positions;
  }

  @Override
  public List<Command> undone() {
    return jdbc.sql(
            "SELECT id, flatten FROM trading_commands WHERE command = 'kill' AND done_at IS NULL"
                + " ORDER BY id")
        .query((row, number) -> new Command(row.getLong("id"), row.getBoolean("flatten")))
        .list();
  }

  @Override
  @Transactional
  public int cancelAll(String accountId) {
    List<UUID> canceled =
        jdbc.sql(
                """
                UPDATE trades SET cancel_requested_at = clock_timestamp(), version = version + 1
                WHERE status NOT IN ('filled', 'canceled', 'rejected', 'expired') AND source <> 'external'
                  AND (account_id IS NULL OR account_id = :account) AND cancel_requested_at IS NULL
                  AND NOT EXISTS (SELECT 1 FROM engine.flatten_trades f WHERE f.trade_id = trades.id)
                RETURNING id
                """)
            .param("account", accountId)
            .query(UUID.class)
            .list();
    canceled.forEach(id -> Notifications.send(jdbc, Channel.TRADE_REQUESTS, id.toString()));
    return canceled.size();
  }

  @Override
  @Transactional
  public void cancelExits(String accountId) {
    jdbc.sql(
            """
            UPDATE trades t SET cancel_requested_at = clock_timestamp(), version = t.version + 1
            FROM trades entry
            WHERE entry.id = t.parent_id
              AND entry.created_at <= (
                  SELECT max(requested_at) FROM trading_commands
                  WHERE command = 'kill' AND (done_at IS NULL
                      OR EXISTS (SELECT 1 FROM trading_controls WHERE state = 'halted')))
              AND t.status NOT IN ('filled', 'canceled', 'rejected', 'expired')
              AND t.account_id = :account AND t.cancel_requested_at IS NULL
            """)
        .param("account", accountId)
        .update();
  }

  @Override
  public int openOrders(String accountId) {
    return jdbc.sql(
            """
            SELECT count(*) FROM trades t
            WHERE (status NOT IN ('filled', 'canceled', 'rejected', 'expired') AND source <> 'external'
                   OR num_nonnulls(take_profit, stop_loss) > 0 AND filled_quantity > 0
                      AND bracket_over_at IS NULL
                      AND EXISTS (
                          SELECT 1 FROM engine.order_intents e
                          WHERE e.trade_id = t.id AND e.filled > 0
                            AND e.claimed_at > clock_timestamp() - make_interval(secs => :awaited)
                            AND num_nonnulls(t.take_profit, t.stop_loss)
                                > (SELECT count(*) FROM trades exit
                                   WHERE exit.parent_id = t.id
                                     AND exit.parent_order_id = e.broker_order_id)))
              AND (account_id IS NULL OR account_id = :account)
            """)
        .param("account", accountId)
        .param("awaited", EXITS_AWAITED.toSeconds())
        .query(Integer.class)
        .single();
  }

  @Override
  public List<PositionKeeper.Held> held(String accountId) {
    return positions.held(accountId);
  }

  @Override
  public long elsewhere(String accountId, String symbol, boolean selling) {
    return jdbc.sql(
            """
            SELECT coalesce(sum(coalesce(i.order_quantity, t.quantity) - i.filled), 0)
            FROM engine.order_intents i
            JOIN trades t ON t.id = i.trade_id
            WHERE i.account_id = :account AND i.state IN ('UNKNOWN', 'UNRESOLVED', 'ACKED', 'WORKING', 'PARTIAL')
              AND t.source = 'external' AND coalesce(t.option_symbol, t.ticker) = :symbol
              AND t.side LIKE :direction
            """)
        .param("account", accountId)
        .param("symbol", symbol)
        .param("direction", selling ? "sell%" : "buy%")
        .query(Long.class)
        .single();
  }

  @Override
  public @Nullable Price quoted(Ticker ticker, boolean selling) {
    return jdbc.sql("SELECT bid, ask FROM quotes WHERE ticker = :ticker")
        .param("ticker", ticker.symbol())
        .query((row, number) -> Optional.ofNullable(row.getBigDecimal(selling ? "bid" : "ask")))
        .optional()
        .flatMap(found -> found)
        .map(Price::of)
        .orElse(null);
  }

  @Override
  public boolean flattening(long command) {
    return jdbc.sql(
            "SELECT EXISTS (SELECT 1 FROM engine.flatten_trades WHERE command_id = :command)")
        .param("command", command)
        .query(Boolean.class)
        .single();
  }

  @Override
  @Transactional
  public void close(long command, List<OrderTerms> orders) {
    orders.forEach(order -> close(command, order));
  }

  private void close(long command, OrderTerms order) {
    UUID id = UUID.randomUUID();
    BigDecimal limit = order.limitPrice() == null ? null : order.limitPrice().toBigDecimal();
    jdbc.sql(
            """
            INSERT INTO trades (id, ticker, asset_type, option_symbol, side, quantity, order_type, limit_price,
                time_in_force, source)
            VALUES (:id, :ticker, :asset, :option, :side, :quantity, :type, :limit, :tif, 'manual')
            """)
        .param("id", id)
        .param("ticker", order.ticker().symbol())
        .param("asset", order.assetType().wire())
        .param("option", order.option() == null ? null : order.symbol())
        .param("side", order.side().wire())
        .param("quantity", order.quantity())
        .param("type", order.type().wire())
        .param("limit", limit)
        .param("tif", order.timeInForce().wire())
        .update();
    jdbc.sql("INSERT INTO engine.flatten_trades (trade_id, command_id) VALUES (:id, :command)")
        .param("id", id)
        .param("command", command)
        .update();
    Notifications.send(jdbc, Channel.TRADE_REQUESTS, id.toString());
    Notifications.send(jdbc, Channel.TRADES, id.toString());
  }

  @Override
  public void done(long command, String outcome) {
    jdbc.sql(
            "UPDATE trading_commands SET done_at = clock_timestamp(), outcome = :outcome WHERE id ="
                + " :id")
        .param("outcome", outcome)
        .param("id", command)
        .update();
  }
}
