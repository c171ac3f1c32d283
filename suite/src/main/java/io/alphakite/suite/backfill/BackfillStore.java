package io.alphakite.suite.backfill;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Reads a session's rows and writes what a repair changed, as {@code kite_streamer}. */
final class BackfillStore {
  private static final int BARS = 9;

  private static final String ROWS =
      """
      SELECT extract(epoch FROM e.timestamp)::bigint AS second, e.price, e.volume, e.source, i.sma9, i.vwap
      FROM equity_data e LEFT JOIN indicators i ON i.ticker = e.ticker AND i.timestamp = e.timestamp
      WHERE e.ticker = ? AND e.timestamp >= ? AND e.timestamp < ?
      ORDER BY e.timestamp
      """;

  private static final String EARLIER =
      """
      SELECT * FROM (
        SELECT extract(epoch FROM e.timestamp)::bigint AS second, e.price, e.volume, e.source,
               NULL::numeric AS sma9, NULL::numeric AS vwap
        FROM equity_data e WHERE e.ticker = ? AND e.timestamp < ? ORDER BY e.timestamp DESC LIMIT ?) AS newest
      ORDER BY second
      """;

  private static final String WRITE =
      """
      WITH row AS MATERIALIZED (
        SELECT to_timestamp(second) AS at, price * 0.0001 AS price, volume, sma9 * 0.0001 AS sma9,
               vwap * 0.0001 AS vwap, CASE WHEN candle THEN 'backfill' ELSE 'stream' END AS source
        FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::boolean[])
             AS u (second, price, volume, sma9, vwap, candle)),
      prices AS (
        INSERT INTO equity_data (ticker, timestamp, price, volume, source)
        SELECT ?, at, price, volume, source FROM row
        ON CONFLICT (ticker, timestamp) DO UPDATE SET volume = excluded.volume)
      INSERT INTO indicators (ticker, timestamp, sma9, vwap)
      SELECT ?, at, sma9, vwap FROM row
      ON CONFLICT (ticker, timestamp) DO UPDATE SET sma9 = excluded.sma9, vwap = excluded.vwap
      """;

  private static final String COMPLETE =
      """
      WITH gone AS (
        DELETE FROM streaming.incomplete_rows WHERE ticker = ? AND timestamp >= ? AND timestamp < ?)
      UPDATE indicators SET complete = true
      WHERE ticker = ? AND timestamp >= ? AND timestamp < ? AND NOT complete
      """;

  private static final String CLOSE =
      """
      UPDATE data_gaps g SET state = 'repaired', closed_at = now(), candles = filled.candles, volume = filled.volume,
             note = 'filled by ./kite backfill'
      FROM data_gaps o
      CROSS JOIN LATERAL (
        SELECT count(*)::integer AS candles, coalesce(sum(e.volume), 0)::bigint AS volume FROM equity_data e
        WHERE e.ticker = o.ticker AND e.source = 'backfill' AND e.timestamp >= o.starts_at
          AND e.timestamp < coalesce(o.ends_at, ?)) AS filled
      WHERE g.id = o.id AND o.ticker = ? AND o.state <> 'repaired' AND o.starts_at >= ? AND o.starts_at < ?
        AND coalesce(o.ends_at, ?) <= ?
      """;

  private static final String RECORD =
      """
      INSERT INTO data_gaps (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, attempts, candles,
                             volume, note)
      VALUES (?, ?, ?, ?, 'unrecorded', 'repaired', now(), now(), 1, ?, ?, 'filled by ./kite backfill')
      """;

  private final Connection connection;

  BackfillStore(Connection connection) {
    this.connection = connection;
  }

  /** The rows in [from, to), oldest first. */
  List<StoredRow> rows(Ticker ticker, Instant from, Instant to) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(ROWS)) {
      query.setString(1, ticker.symbol());
      query.setObject(2, time(from));
      query.setObject(3, time(to));
      return read(query);
    }
  }

  /** As many rows before this time as nine bars can have, oldest first. */
  List<StoredRow> earlier(Ticker ticker, Instant before, MovingAverage.Bars bars)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(EARLIER)) {
      query.setString(1, ticker.symbol());
      query.setObject(2, time(before));
      query.setInt(3, BARS * Math.max(1, bars.seconds()));
      return read(query);
    }
  }

  /** The bars with which the ticker's moving average was kept; null when that is not known. */
  MovingAverage.@Nullable Bars bars(Ticker ticker) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT average_bar FROM streaming.ticker_states WHERE ticker = ?")) {
      query.setString(1, ticker.symbol());
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? MovingAverage.Bars.parse(row.getString(1)) : null;
      }
    }
  }

  /** Minutes whose lost rows had counted in the indicators. */
  LongPredicate valuedWithout(Ticker ticker, Instant from, Instant to) throws SQLException {
    List<long[]> spans = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT extract(epoch FROM starts_at)::bigint, extract(epoch FROM ends_at)::bigint FROM data_gaps
            WHERE ticker = ? AND cause IN ('spill_overflow', 'volume_mismatch') AND starts_at < ? AND ends_at > ?
            """)) {
      query.setString(1, ticker.symbol());
      query.setObject(2, time(to));
      query.setObject(3, time(from));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          spans.add(new long[] {rows.getLong(1) - 59, rows.getLong(2)});
        }
      }
    }
    return minute -> spans.stream().anyMatch(span -> minute >= span[0] && minute <= span[1]);
  }

  /**
   * Writes a repair of [from, to), which is complete now; the connection's transaction is the
   * caller's.
   *
   * @param nextSession a gap that lasted until then at most has lost nothing else
   */
  void write(
      Ticker ticker, Instant from, Instant to, Instant nextSession, SessionRepair.Result result)
      throws SQLException {
    if (!result.rows().isEmpty()) {
      try (PreparedStatement make = connection.prepareStatement("SELECT ensure_partitions(?, ?)")) {
        make.setObject(1, time(from));
        make.setObject(2, time(to));
        make.execute();
      }
      write(ticker, result.rows());
    }
    try (PreparedStatement update = connection.prepareStatement(COMPLETE)) {
      for (int i = 0; i < 2; i++) {
        update.setString(3 * i + 1, ticker.symbol());
        update.setObject(3 * i + 2, time(from));
        update.setObject(3 * i + 3, time(to));
      }
      update.executeUpdate();
    }
    ledger(ticker, from, to, nextSession, result);
  }

  private void write(Ticker ticker, List<StoredRow> rows) throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(WRITE)) {
      write.setArray(1, bigints(rows.stream().map(StoredRow::second).toArray()));
      write.setArray(2, bigints(rows.stream().map(row -> row.price().e4()).toArray()));
      write.setArray(3, bigints(rows.stream().map(StoredRow::volume).toArray()));
      write.setArray(4, bigints(nullable(rows, true)));
      write.setArray(5, bigints(nullable(rows, false)));
      write.setArray(
          6, connection.createArrayOf("boolean", rows.stream().map(StoredRow::candle).toArray()));
      write.setString(7, ticker.symbol());
      write.setString(8, ticker.symbol());
      write.executeUpdate();
    }
  }

  private void ledger(
      Ticker ticker, Instant from, Instant to, Instant nextSession, SessionRepair.Result result)
      throws SQLException {
    int closed;
    try (PreparedStatement close = connection.prepareStatement(CLOSE)) {
      close.setObject(1, time(to));
      close.setString(2, ticker.symbol());
      close.setObject(3, time(from));
      close.setObject(4, time(to));
      close.setObject(5, time(to));
      close.setObject(6, time(nextSession));
      closed = close.executeUpdate();
    }
    Instant first = result.from();
    Instant last = result.to();
    if (closed == 0 && result.candles() > 0 && first != null && last != null) {
      try (PreparedStatement record = connection.prepareStatement(RECORD)) {
        record.setObject(1, UUID.randomUUID());
        record.setString(2, ticker.symbol());
        record.setObject(3, time(first));
        record.setObject(4, time(last));
        record.setInt(5, result.candles());
        record.setLong(6, result.volume());
        record.executeUpdate();
      }
    }
  }

  private static @Nullable Object[] nullable(List<StoredRow> rows, boolean average) {
    @Nullable Object[] values = new @Nullable Object[rows.size()];
    for (int i = 0; i < values.length; i++) {
      OptionalLong value = average ? rows.get(i).sma9E4() : rows.get(i).vwapE4();
      values[i] = value.isPresent() ? value.getAsLong() : null;
    }
    return values;
  }

  private java.sql.Array bigints(@Nullable Object[] values) throws SQLException {
    return connection.createArrayOf("bigint", values);
  }

  private static List<StoredRow> read(PreparedStatement query) throws SQLException {
    List<StoredRow> rows = new ArrayList<>();
    try (ResultSet row = query.executeQuery()) {
      while (row.next()) {
        rows.add(
            new StoredRow(
                row.getLong("second"),
                Price.of(Objects.requireNonNull(row.getBigDecimal("price"))),
                row.getLong("volume"),
                e4(row.getBigDecimal("sma9")),
                e4(row.getBigDecimal("vwap")),
                "backfill".equals(row.getString("source"))));
      }
    }
    return rows;
  }

  private static OptionalLong e4(@Nullable BigDecimal dollars) {
    return dollars == null ? OptionalLong.empty() : OptionalLong.of(Price.of(dollars).e4());
  }

  private static OffsetDateTime time(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }
}
