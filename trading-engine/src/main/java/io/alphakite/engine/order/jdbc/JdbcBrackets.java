package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.WatchedBracket;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Entries with exits in the tables, in the transaction that is open on this thread. */
final class JdbcBrackets {

  private final JdbcClient jdbc;
  private final String accountId;

  JdbcBrackets(JdbcClient jdbc, String accountId) {
    this.jdbc = jdbc;
    this.accountId = accountId;
  }

  Map<ExitRole, UUID> exits(OrderIntent entry) {
    Map<ExitRole, UUID> exits = new EnumMap<>(ExitRole.class);
    jdbc.sql("SELECT id, role FROM trades WHERE parent_id = :trade AND parent_order_id = :order")
        .param("trade", entry.tradeId())
        .param("order", entry.brokerOrderId())
        .query(
            row -> {
              exits.put(ExitRole.fromWire(row.getString("role")), row.getObject("id", UUID.class));
            });
    return exits;
  }

  /** The trade's row of an exit; its order comes next. */
  void insertTrade(OrderIntent exit, OrderIntent entry, ExitRole role, Instant marketNow) {
    OrderTerms terms = exit.terms();
    jdbc.sql(
            """
            INSERT INTO trades (id, account_id, ticker, asset_type, option_symbol, side, quantity, order_type,
                limit_price, stop_price, time_in_force, status, source, broker_order_id, market_time,
                parent_id, parent_order_id, role, request_id, asked_by)
            SELECT :id, :account, ticker, asset_type, option_symbol, :side, :quantity, :type,
                :limit, :stop, :tif, 'working', source, :order, :now, id, :entryOrder, :role, request_id, asked_by
            FROM trades WHERE id = :entry
            """)
        .param("id", exit.tradeId())
        .param("account", accountId)
        .param("side", terms.side().wire())
        .param("quantity", terms.quantity())
        .param("type", terms.type().wire())
        .param("limit", Sql.dollars(terms.limitPrice()))
        .param("stop", Sql.dollars(terms.stopPrice()))
        .param("tif", terms.timeInForce().wire())
        .param("order", exit.brokerOrderId())
        .param("now", Sql.time(marketNow))
        .param("role", role.wire())
        .param("entry", entry.tradeId())
        .param("entryOrder", entry.brokerOrderId())
        .update();
    jdbc.sql(
            "UPDATE trades SET bracket_over_at = NULL WHERE id = :entry AND bracket_over_at IS NOT NULL")
        .param("entry", entry.tradeId())
        .update();
  }

  private record Row(
      UUID trade, List<ExitRole> asked, long position, @Nullable String unprotected) {}

  /** The entries to be watched, oldest first. */
  List<WatchedBracket> watched(Function<UUID, List<OrderIntent>> attempts) {
    List<Row> rows =
        jdbc.sql(
                """
                SELECT t.id, t.take_profit, t.stop_loss, t.stop_loss_limit, t.unprotected,
                       coalesce((SELECT p.quantity FROM positions p
                                 WHERE p.account_id = t.account_id AND p.ticker = t.ticker
                                   AND p.option_symbol = coalesce(t.option_symbol, '')), 0) AS position
                FROM trades t
                WHERE num_nonnulls(t.take_profit, t.stop_loss) > 0 AND t.id IN (
                    SELECT id FROM trades
                    WHERE account_id = :account AND num_nonnulls(take_profit, stop_loss) > 0
                      AND filled_quantity > 0 AND bracket_over_at IS NULL
                    UNION ALL
                    SELECT x.parent_id FROM engine.order_intents i
                    JOIN trades x ON x.id = i.trade_id
                    JOIN engine.order_intents e ON e.trade_id = x.parent_id AND e.broker_order_id = x.parent_order_id
                    WHERE i.account_id = :account AND i.state IN ('ACKED', 'WORKING', 'PARTIAL')
                      AND e.state NOT IN ('NEW', 'APPROVED', 'SENDING', 'UNKNOWN', 'UNRESOLVED',
                                          'ACKED', 'WORKING', 'PARTIAL'))
                ORDER BY t.created_at, t.id
                """)
            .param("account", accountId)
            .query(
                (row, number) -> {
                  Bracket asked = Objects.requireNonNull(Sql.bracket(row), "no bracket");
                  return new Row(
                      row.getObject("id", UUID.class),
                      asked.roles(),
                      row.getLong("position"),
                      row.getString("unprotected"));
                })
            .list();
    return rows.stream()
        .flatMap(
            row ->
                attempts.apply(row.trade()).stream()
                    .map(order -> watched(row, order, attempts))
                    .filter(WatchedBracket::isWatched))
        .toList();
  }

  private WatchedBracket watched(
      Row row, OrderIntent entry, Function<UUID, List<OrderIntent>> attempts) {
    Map<ExitRole, List<OrderIntent>> exits = new EnumMap<>(ExitRole.class);
    exits(entry).forEach((role, trade) -> exits.put(role, attempts.apply(trade)));
    return WatchedBracket.of(entry, row.asked(), exits, row.position(), row.unprotected());
  }

  void protection(UUID entryTrade, @Nullable String unprotected, boolean over, Instant wallNow) {
    jdbc.sql(
            """
            UPDATE trades SET unprotected = :unprotected,
                unprotected_accepted = NULL, unprotected_accepted_by = NULL, unprotected_accepted_at = NULL,
                bracket_over_at = CASE WHEN :over THEN cast(:now AS timestamptz) END
            WHERE id = :id
            """)
        .param("unprotected", unprotected)
        .param("over", over)
        .param("now", Sql.time(wallNow))
        .param("id", entryTrade)
        .update();
  }
}
