package io.alphakite.engine.order.jdbc;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;

/** How values cross between Java and the tables. */
final class Sql {

  private Sql() {}

  static @Nullable OffsetDateTime time(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static @Nullable Price price(ResultSet row, String column) throws SQLException {
    BigDecimal value = row.getBigDecimal(column);
    return value == null ? null : Price.of(value);
  }

  /** Without a type a null would have the driver prepare the statement anew. */
  static SqlParameterValue text(@Nullable String value) {
    return new SqlParameterValue(Types.VARCHAR, value);
  }

  static @Nullable BigDecimal dollars(@Nullable Price price) {
    return price == null ? null : price.toBigDecimal();
  }

  /**
   * The terms in a row of {@code trades}.
   *
   * @throws IllegalArgumentException when they make no order
   */
  static OrderTerms terms(ResultSet row) throws SQLException {
    String option = row.getString("option_symbol");
    return new OrderTerms(
            Ticker.of(row.getString("ticker")),
            option == null ? null : OptionSymbol.parse(option),
            Side.fromWire(row.getString("side")),
            row.getLong("quantity"),
            OrderType.fromWire(row.getString("order_type")),
            price(row, "limit_price"),
            price(row, "stop_price"),
            TimeInForce.fromWire(row.getString("time_in_force")))
        .with(bracket(row));
  }

  /** The exits in a row of {@code trades}; null for none. */
  static @Nullable Bracket bracket(ResultSet row) throws SQLException {
    Price profit = price(row, "take_profit");
    Price loss = price(row, "stop_loss");
    return profit == null && loss == null
        ? null
        : new Bracket(profit, loss, price(row, "stop_loss_limit"));
  }
}
