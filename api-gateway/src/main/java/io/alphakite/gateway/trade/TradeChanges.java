package io.alphakite.gateway.trade;

import io.alphakite.gateway.trade.TradeViews.ChangeView;
import io.alphakite.gateway.web.Decimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** The changes that were asked for, as they stand. */
@Service
class TradeChanges {
  private final JdbcClient jdbc;

  TradeChanges(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The newest of each of these trades that has one. */
  Map<UUID, ChangeView> newest(Collection<UUID> trades) {
    Map<UUID, ChangeView> newest = new HashMap<>();
    jdbc.sql(
            """
            SELECT DISTINCT ON (trade_id) * FROM trade_changes
            WHERE trade_id = ANY(:trades) ORDER BY trade_id, created_at DESC, id
            """)
        .param("trades", trades.toArray(UUID[]::new))
        .query(
            row -> {
              newest.put(row.getObject("trade_id", UUID.class), view(row));
            });
    return newest;
  }

  private static ChangeView view(ResultSet row) throws SQLException {
    Long quantity = row.getObject("quantity", Long.class);
    return new ChangeView(
        row.getString("status"),
        row.getString("reason"),
        Decimal.moneyOrNull(row.getBigDecimal("limit_price")),
        Decimal.moneyOrNull(row.getBigDecimal("stop_price")),
        quantity == null ? null : Decimal.quantity(quantity),
        row.getTimestamp("created_at").toInstant());
  }
}
