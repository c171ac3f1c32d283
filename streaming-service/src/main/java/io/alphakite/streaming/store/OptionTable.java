package io.alphakite.streaming.store;

import io.alphakite.streaming.option.OptionRow;
import io.alphakite.streaming.store.RowWriter.Parameters;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes option rows. They are absolute values: writing them again changes nothing. */
final class OptionTable {
  private static final String ROWS =
      """
      INSERT INTO option_prices
        (ticker, timestamp, option_type, strike_price, expiration_date, last_price, bid, ask, volume, open_interest,
         implied_volatility, delta, gamma, theta, vega, option_symbol)
      SELECT ticker, to_timestamp(second), option_type, strike * 0.0001, expiration, last * 0.0001, bid * 0.0001,
             ask * 0.0001, volume, open_interest, implied_volatility, delta, gamma, theta, vega, option_symbol
      FROM unnest(?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::date[], ?::bigint[], ?::bigint[], ?::bigint[],
                  ?::bigint[], ?::bigint[], ?::numeric[], ?::numeric[], ?::numeric[], ?::numeric[], ?::numeric[],
                  ?::text[])
           AS u (ticker, second, option_type, strike, expiration, last, bid, ask, volume, open_interest,
                 implied_volatility, delta, gamma, theta, vega, option_symbol)
      ON CONFLICT (ticker, timestamp, option_type, strike_price, expiration_date) DO UPDATE
      SET last_price = excluded.last_price, bid = excluded.bid, ask = excluded.ask, volume = excluded.volume,
          open_interest = excluded.open_interest, implied_volatility = excluded.implied_volatility,
          delta = excluded.delta, gamma = excluded.gamma, theta = excluded.theta, vega = excluded.vega,
          option_symbol = excluded.option_symbol
      """;

  private OptionTable() {}

  static void write(Connection connection, List<OptionRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
      Parameters<OptionRow> parameters = new Parameters<>(connection, statement, rows);
      parameters.text(row -> row.ticker().symbol());
      parameters.bigint(OptionRow::second);
      parameters.text(row -> row.contract().type().wire());
      parameters.bigint(row -> row.contract().strike().e4());
      parameters.text(row -> row.contract().expiration().toString());
      parameters.nullable("bigint", row -> RowWriter.e4(row.last()));
      parameters.nullable("bigint", row -> RowWriter.e4(row.bid()));
      parameters.nullable("bigint", row -> RowWriter.e4(row.ask()));
      parameters.nullable("bigint", OptionRow::volume);
      parameters.nullable("bigint", OptionRow::openInterest);
      parameters.nullable("text", row -> plain(row.impliedVolatility()));
      parameters.nullable("text", row -> plain(row.delta()));
      parameters.nullable("text", row -> plain(row.gamma()));
      parameters.nullable("text", row -> plain(row.theta()));
      parameters.nullable("text", row -> plain(row.vega()));
      parameters.text(row -> row.contract().format());
      statement.executeUpdate();
    }
  }

  private static @Nullable String plain(@Nullable BigDecimal value) {
    return value == null ? null : value.toPlainString();
  }
}
