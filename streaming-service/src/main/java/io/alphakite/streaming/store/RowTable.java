package io.alphakite.streaming.store;

import io.alphakite.streaming.feed.SecondRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** The tables {@code equity_data} and {@code indicators}: the one way of rows into them. */
public final class RowTable {
  private static final String ROWS =
      """
      WITH row AS MATERIALIZED (
        SELECT ticker, to_timestamp(second) AS at, price * 0.0001 AS price, volume, source,
               sma9 * 0.0001 AS sma9, vwap * 0.0001 AS vwap, complete, vwap_volume, vwap_rest
        FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::boolean[],
                    ?::bigint[], ?::bigint[])
             AS u (ticker, second, price, volume, source, sma9, vwap, complete, vwap_volume, vwap_rest)),
      prices AS (
        INSERT INTO equity_data AS old (ticker, timestamp, price, volume, source)
        SELECT ticker, at, price, volume, source FROM row
        ON CONFLICT (ticker, timestamp) DO UPDATE
        SET price = excluded.price, volume = excluded.volume, source = excluded.source)
      INSERT INTO indicators (ticker, timestamp, sma9, vwap, complete, vwap_volume, vwap_rest)
      SELECT ticker, at, sma9, vwap, complete, vwap_volume, vwap_rest FROM row
      ON CONFLICT (ticker, timestamp) DO UPDATE
      SET sma9 = excluded.sma9, vwap = excluded.vwap, complete = excluded.complete,
          vwap_volume = excluded.vwap_volume, vwap_rest = excluded.vwap_rest
      """;

  private RowTable() {}

  /** Writes rows as they stand, within the connection's transaction; each second once. */
  public static void write(Connection connection, List<SecondRow> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
      RowWriter.Parameters<SecondRow> parameters =
          new RowWriter.Parameters<>(connection, statement, rows);
      parameters.text(row -> row.ticker().symbol());
      parameters.bigint(SecondRow::second);
      parameters.bigint(row -> row.price().e4());
      parameters.bigint(SecondRow::volume);
      parameters.text(row -> row.source().name().toLowerCase(Locale.ROOT));
      parameters.nullable("bigint", row -> RowWriter.boxed(row.sma9E4()));
      parameters.nullable("bigint", row -> RowWriter.boxed(row.vwapE4()));
      parameters.nullable("boolean", SecondRow::complete);
      parameters.nullable("bigint", row -> row.vwapVolume() == 0 ? null : row.vwapVolume());
      parameters.nullable("bigint", row -> row.vwapVolume() == 0 ? null : row.vwapRest());
      statement.executeUpdate();
    }
  }
}
