package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.order.Deadline;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.order.Search;
import io.alphakite.engine.risk.Origin;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Reads intents with the terms of their trades. */
final class IntentRows {

  private static final String FROM =
      """
      SELECT i.*, t.ticker, t.option_symbol, t.side,
             coalesce(i.order_quantity, t.quantity) AS quantity,
             coalesce(i.order_kind, t.order_type) AS order_type,
             CASE WHEN i.order_kind IS NULL THEN t.limit_price ELSE i.order_limit END AS limit_price,
             CASE WHEN i.order_kind IS NULL THEN t.stop_price ELSE i.order_stop END AS stop_price,
             coalesce(i.order_lasts, t.time_in_force) AS time_in_force,
             -- What took the entry's place elsewhere says what it says.
             CASE WHEN i.replaces IS NULL THEN t.take_profit END AS take_profit,
             CASE WHEN i.replaces IS NULL THEN t.stop_loss END AS stop_loss,
             CASE WHEN i.replaces IS NULL THEN t.stop_loss_limit END AS stop_loss_limit
      FROM engine.order_intents i JOIN trades t ON t.id = i.trade_id
      WHERE\s""";

  static final String SELECT = FROM + "i.account_id = :account AND ";

  // By no index of the account's; see IntentWrites about its changes.
  private static final String OF_ACCOUNT = "(i.account_id = :account) IS TRUE";
  static final String BY_ID = FROM + "i.id = :id AND " + OF_ACCOUNT;
  static final String OF_TRADE =
      FROM + "i.trade_id = :trade AND " + OF_ACCOUNT + " ORDER BY i.attempt";

  private IntentRows() {}

  static OrderIntent read(ResultSet row, int number) throws SQLException {
    return new OrderIntent(
        row.getObject("id", UUID.class),
        row.getObject("trade_id", UUID.class),
        row.getInt("attempt"),
        Origin.valueOf(row.getString("origin")),
        Sql.terms(row),
        OrderState.valueOf(row.getString("state")),
        row.getInt("send_attempts"),
        row.getBoolean("reducing"),
        Objects.requireNonNull(Sql.instant(row, "created_at")),
        new Deadline(Sql.instant(row, "deadline"), Sql.instant(row, "market_deadline")),
        Sql.instant(row, "claimed_at"),
        strings(row.getArray("baseline")),
        row.getString("broker_order_id"),
        row.getBoolean("verified"),
        row.getLong("filled"),
        new Search(
            row.getInt("looks"),
            Sql.instant(row, "next_look_at"),
            row.getInt("counted_listings"),
            Sql.instant(row, "last_counted_at"),
            row.getBoolean("throttled"),
            Sql.instant(row, "hold_until")),
        row.getString("detail"),
        row.getObject("replaces", UUID.class));
  }

  private static Set<String> strings(Array array) throws SQLException {
    return Set.of((String[]) array.getArray());
  }
}
