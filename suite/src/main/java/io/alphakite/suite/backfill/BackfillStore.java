package io.alphakite.suite.backfill;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.store.BarTable;
import io.alphakite.streaming.store.RowTable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      SELECT extract(epoch FROM e.timestamp)::bigint AS second, e.price, e.volume, e.source, i.sma9, i.vwap,
             i.vwap_volume, i.vwap_rest
      FROM equity_data e LEFT JOIN indicators i ON i.ticker = e.ticker AND i.timestamp = e.timestamp
      WHERE e.ticker = ? AND e.timestamp >= ? AND e.timestamp < ?
      ORDER BY e.timestamp
      """;

  private static final String EARLIER =
      """
      SELECT * FROM (
        SELECT extract(epoch FROM e.timestamp)::bigint AS second, e.price, e.volume, e.source,
               NULL::numeric AS sma9, NULL::numeric AS vwap, NULL::bigint AS vwap_volume, NULL::bigint AS vwap_rest
        FROM equity_data e WHERE e.ticker = ? AND e.timestamp < ? ORDER BY e.timestamp DESC LIMIT ?) AS newest
      ORDER BY second
      """;

  // What is not proven complete from some time on; null when nothing is missing. Lost rows had
  // counted in the indicators.
  private static final String STILL_MISSING =
      """
      SELECT min(starts_at) AS first FROM data_gaps
      WHERE ticker = ? AND state <> 'repaired' AND cause NOT IN ('spill_overflow', 'volume_mismatch')
        AND starts_at < ? AND coalesce(ends_at, 'infinity') > ?
      """;

  private static final String COMPLETE =
      """
      WITH gone AS (
        DELETE FROM streaming.incomplete_rows WHERE ticker = ? AND timestamp >= ? AND timestamp < ?)
      UPDATE indicators SET complete = true
      WHERE ticker = ? AND timestamp >= ? AND timestamp < ? AND NOT complete
      """;

  private static final String INCOMPLETE =
      "UPDATE indicators SET complete = false WHERE ticker = ? AND timestamp >= ? AND timestamp < ? AND complete";

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
        AND coalesce(o.ends_at, ?) <= ? AND o.starts_at >= ? AND coalesce(o.ends_at, ?) <= ?
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

  /** What is known of the first messages after gaps in [from, to), by their second. */
  Map<Long, SessionRepair.First> firsts(Ticker ticker, Instant from, Instant to)
      throws SQLException {
    Map<Long, SessionRepair.First> firsts = new HashMap<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT extract(epoch FROM date_trunc('second', first_at))::bigint, first_price, first_growth,
                   extract(epoch FROM date_trunc('second', starts_at))::bigint
            FROM data_gaps WHERE ticker = ? AND first_at >= ? AND first_at < ?
            """)) {
      query.setString(1, ticker.symbol());
      query.setObject(2, time(from));
      query.setObject(3, time(to));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          firsts.put(
              rows.getLong(1),
              new SessionRepair.First(
                  Price.of(rows.getBigDecimal(2)), rows.getLong(3), rows.getLong(4)));
        }
      }
    }
    return firsts;
  }

  /** A span that is repaired: a VWAP session, and which of its minutes were wanted. */
  record Span(Instant from, Instant to, Instant nextSession, Interval wanted) {}

  /**
   * Writes a repair; the connection's transaction is the caller's.
   *
   * @param candles of the minutes that were wanted
   * @param record whether what no entry of the ledger tells of gets one
   */
  void write(
      Ticker ticker, Span span, SessionRepair.Result result, List<Bar> candles, boolean record)
      throws SQLException {
    if (!result.rows().isEmpty()) {
      RowTable.write(connection, result.rows().stream().map(row -> row(ticker, row)).toList());
    }
    BarTable.writeCandles(connection, ticker, candles);
    ledger(ticker, span, result, record);
    Instant missing = stillMissing(ticker, span);
    Instant complete =
        missing == null ? span.to : missing.isBefore(span.from) ? span.from : missing;
    mark(COMPLETE, 2, ticker, span.from, complete);
    mark(INCOMPLETE, 1, ticker, complete, span.to);
  }

  private static SecondRow row(Ticker ticker, StoredRow row) {
    StoredRow.Sums sums = row.sums();
    long value = row.vwapE4().orElse(0);
    return new SecondRow(
        ticker,
        row.second(),
        row.price(),
        row.volume(),
        row.sma9E4(),
        row.vwapE4(),
        row.candle() ? SecondRow.Source.BACKFILL : SecondRow.Source.STREAM,
        null,
        sums == null ? 0 : sums.volume(),
        sums == null
            ? 0
            : sums.notionalE4()
                .subtract(BigInteger.valueOf(value).multiply(BigInteger.valueOf(sums.volume())))
                .longValueExact());
  }

  private @Nullable Instant stillMissing(Ticker ticker, Span span) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(STILL_MISSING)) {
      query.setString(1, ticker.symbol());
      query.setObject(2, time(span.to));
      query.setObject(3, time(span.from));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        OffsetDateTime first = row.getObject(1, OffsetDateTime.class);
        return first == null ? null : first.toInstant();
      }
    }
  }

  private void mark(String sql, int times, Ticker ticker, Instant from, Instant to)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      for (int i = 0; i < times; i++) {
        update.setString(3 * i + 1, ticker.symbol());
        update.setObject(3 * i + 2, time(from));
        update.setObject(3 * i + 3, time(to));
      }
      update.executeUpdate();
    }
  }

  private void ledger(Ticker ticker, Span span, SessionRepair.Result result, boolean add)
      throws SQLException {
    int closed;
    try (PreparedStatement close = connection.prepareStatement(CLOSE)) {
      close.setObject(1, time(span.to));
      close.setString(2, ticker.symbol());
      close.setObject(3, time(span.from));
      close.setObject(4, time(span.to));
      close.setObject(5, time(span.to));
      close.setObject(6, time(span.nextSession));
      // Whole minutes are wanted; of those that a gap only touches nothing is missing but volume.
      close.setObject(7, time(span.wanted.from().minusSeconds(59)));
      close.setObject(8, time(span.to));
      close.setObject(
          9,
          time(
              span.wanted.to().isBefore(span.to)
                  ? span.wanted.to().plusSeconds(59)
                  : span.nextSession));
      closed = close.executeUpdate();
    }
    Instant first = result.from();
    Instant last = result.to();
    if (add && closed == 0 && result.candles() > 0 && first != null && last != null) {
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
                "backfill".equals(row.getString("source")),
                sums(row)));
      }
    }
    return rows;
  }

  private static StoredRow.@Nullable Sums sums(ResultSet row) throws SQLException {
    BigDecimal vwap = row.getBigDecimal("vwap");
    long volume = row.getLong("vwap_volume");
    if (vwap == null || row.wasNull() || volume == 0) {
      return null;
    }
    return new StoredRow.Sums(
        BigInteger.valueOf(Price.of(vwap).e4())
            .multiply(BigInteger.valueOf(volume))
            .add(BigInteger.valueOf(row.getLong("vwap_rest"))),
        volume);
  }

  private static OptionalLong e4(@Nullable BigDecimal dollars) {
    return dollars == null ? OptionalLong.empty() : OptionalLong.of(Price.of(dollars).e4());
  }

  private static OffsetDateTime time(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }
}
