package io.alphakite.streaming.store;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.streaming.feed.ExactSums;
import io.alphakite.streaming.feed.Restatement;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.gap.GapEntry;
import io.alphakite.streaming.gap.GapState;
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
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the gap ledger, the sums of incomplete rows, and restates rows that are stored; within the
 * transaction of {@link RowWriter}. Used by one thread.
 */
public final class GapWriter {
  // Rows restated by one statement.
  private static final int PAGE = 2_000;

  private static final String ENTRIES =
      """
      INSERT INTO data_gaps AS old
        (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, attempts, candles, volume,
         sma9_before, sma9_after, vwap_before, vwap_after, note, first_at, first_price, first_growth)
      SELECT id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, attempts, candles, volume,
             sma9_before * 0.0001, sma9_after * 0.0001, vwap_before * 0.0001, vwap_after * 0.0001, note,
             first_at, first_price * 0.0001, first_growth
      FROM unnest(?::uuid[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::text[], ?::text[], ?::timestamptz[],
                  ?::timestamptz[], ?::integer[], ?::integer[], ?::bigint[],
                  ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[],
                  ?::timestamptz[], ?::bigint[], ?::bigint[])
           AS u (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, attempts, candles, volume,
                 sma9_before, sma9_after, vwap_before, vwap_after, note, first_at, first_price, first_growth)
      ON CONFLICT (id) DO UPDATE
      SET ends_at = excluded.ends_at, state = excluded.state, closed_at = excluded.closed_at,
          attempts = excluded.attempts, candles = greatest(excluded.candles, old.candles),
          volume = greatest(excluded.volume, old.volume),
          sma9_before = excluded.sma9_before, sma9_after = excluded.sma9_after,
          vwap_before = excluded.vwap_before, vwap_after = excluded.vwap_after, note = excluded.note,
          first_at = coalesce(excluded.first_at, old.first_at),
          first_price = coalesce(excluded.first_price, old.first_price),
          first_growth = coalesce(excluded.first_growth, old.first_growth)
      WHERE old.state = 'open'
      """;

  private static final String SUMS =
      """
      INSERT INTO streaming.incomplete_rows
        (ticker, timestamp, gaps, vwap_reset, vwap_notional_e4, vwap_volume,
         average_bar, average_period, average_times, average_closes_e4)
      SELECT ticker, to_timestamp(second), gaps::uuid[], vwap_reset, vwap_notional, vwap_volume,
             average_bar, average_period, average_times::timestamptz[], average_closes::bigint[]
      FROM unnest(?::text[], ?::bigint[], ?::text[], ?::timestamptz[], ?::numeric[], ?::bigint[],
                  ?::text[], ?::integer[], ?::text[], ?::text[])
           AS u (ticker, second, gaps, vwap_reset, vwap_notional, vwap_volume,
                 average_bar, average_period, average_times, average_closes)
      ON CONFLICT (ticker, timestamp) DO UPDATE
      SET gaps = excluded.gaps, vwap_reset = excluded.vwap_reset, vwap_notional_e4 = excluded.vwap_notional_e4,
          vwap_volume = excluded.vwap_volume, average_bar = excluded.average_bar,
          average_period = excluded.average_period, average_times = excluded.average_times,
          average_closes_e4 = excluded.average_closes_e4
      """;

  private static final String INCOMPLETE =
      """
      SELECT s.*, extract(epoch FROM s.timestamp)::bigint AS second, i.sma9
      FROM streaming.incomplete_rows s JOIN indicators i ON i.ticker = s.ticker AND i.timestamp = s.timestamp
      WHERE s.ticker = ? AND s.timestamp > ? AND s.gaps @> ARRAY[?::uuid]
      ORDER BY s.timestamp LIMIT ?
      """;

  private static final String INDICATORS =
      """
      UPDATE indicators i SET sma9 = u.sma9 * 0.0001, vwap = u.vwap * 0.0001, complete = u.complete,
             vwap_volume = u.vwap_volume, vwap_rest = u.vwap_rest
      FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::boolean[], ?::bigint[], ?::bigint[])
           AS u (second, sma9, vwap, complete, vwap_volume, vwap_rest)
      WHERE i.ticker = ? AND i.timestamp = to_timestamp(u.second)
      """;

  private static final String COMPLETE =
      "DELETE FROM streaming.incomplete_rows WHERE ticker = ? AND timestamp = ANY (SELECT to_timestamp(unnest(?::bigint[])))";

  private static final String FIRST_VOLUME =
      "UPDATE equity_data SET volume = volume - ? WHERE ticker = ? AND timestamp = ? AND volume >= ?";

  private static final String FIRST_BAR =
      "UPDATE equity_bars SET volume = volume - ? WHERE ticker = ? AND timestamp = date_trunc('minute', ?::timestamptz, 'UTC')"
          + " AND source = 'stream' AND volume >= ?";

  private static final String LOST_ROWS =
      """
      WITH candle AS (
        SELECT to_timestamp(start) AS start, price * 0.0001 AS price, volume
        FROM unnest(?::bigint[], ?::bigint[], ?::bigint[]) AS u (start, price, volume)),
      put AS (
        INSERT INTO equity_data (ticker, timestamp, price, volume, source)
        SELECT ?, start + interval '59 s', price, volume, 'backfill' FROM candle
        WHERE NOT EXISTS (SELECT 1 FROM equity_data e
                          WHERE e.ticker = ? AND e.timestamp >= start AND e.timestamp < start + interval '1 minute')
        ON CONFLICT (ticker, timestamp) DO NOTHING
        RETURNING ticker, timestamp, volume),
      valued AS (
        INSERT INTO indicators (ticker, timestamp, complete)
        SELECT ticker, timestamp, false FROM put ON CONFLICT (ticker, timestamp) DO NOTHING)
      UPDATE data_gaps SET candles = found.candles, volume = found.volume
      FROM (SELECT count(*)::integer AS candles, coalesce(sum(volume), 0)::bigint AS volume FROM put) AS found
      WHERE id = ?
      """;

  private final Connection connection;

  /** Writes through this connection, whose transaction is its owner's. */
  public GapWriter(Connection connection) {
    this.connection = connection;
  }

  /**
   * Restates what is stored. Comes before the rows of the same batch, which are restated already.
   */
  void restate(GapWork work) throws SQLException {
    for (Restatement restatement : work.restatements()) {
      if (isOpen(restatement.gap())) {
        restate(restatement);
      }
    }
  }

  /** Restates the stored rows of one ticker. */
  public int restate(Restatement restatement) throws SQLException {
    if (restatement.covered() > 0) {
      for (String update : List.of(FIRST_VOLUME, FIRST_BAR)) {
        try (PreparedStatement statement = connection.prepareStatement(update)) {
          statement.setLong(1, restatement.covered());
          statement.setString(2, restatement.ticker().symbol());
          statement.setObject(3, time(Instant.ofEpochSecond(restatement.firstSecond())));
          statement.setLong(4, restatement.covered());
          statement.executeUpdate();
        }
      }
    }
    int restated = 0;
    OffsetDateTime after = time(Instant.EPOCH);
    List<Stored> page = page(restatement, after);
    while (!page.isEmpty()) {
      restate(restatement, page);
      restated += page.size();
      after = time(Instant.ofEpochSecond(page.getLast().row.second()));
      page = page.size() < PAGE ? List.of() : page(restatement, after);
    }
    return restated;
  }

  private List<Stored> page(Restatement restatement, OffsetDateTime after) throws SQLException {
    List<Stored> page = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(INCOMPLETE)) {
      statement.setString(1, restatement.ticker().symbol());
      statement.setObject(2, after);
      statement.setObject(3, restatement.gap());
      statement.setInt(4, PAGE);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          ExactSums sums = Objects.requireNonNull(FeedStore.sums(rows));
          Restatement.Values values =
              restatement.values(sums, FeedStore.optional(rows.getBigDecimal("sma9")));
          page.add(
              new Stored(
                  new SumsRow(restatement.ticker().symbol(), rows.getLong("second")), values));
        }
      }
    }
    return page;
  }

  private void restate(Restatement restatement, List<Stored> page) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INDICATORS)) {
      RowWriter.Parameters<Stored> parameters =
          new RowWriter.Parameters<>(connection, statement, page);
      parameters.bigint(stored -> stored.row.second());
      parameters.nullable("bigint", stored -> RowWriter.boxed(stored.values.sma9E4()));
      parameters.nullable("bigint", stored -> RowWriter.boxed(stored.values.vwap().valueE4()));
      parameters.nullable("boolean", stored -> stored.values.sums() == null);
      parameters.bigint(stored -> stored.values.vwap().volume());
      parameters.bigint(stored -> stored.values.vwap().restE4());
      statement.setString(7, restatement.ticker().symbol());
      statement.executeUpdate();
    }
    List<Sums> left = new ArrayList<>();
    List<Long> complete = new ArrayList<>();
    for (Stored stored : page) {
      ExactSums sums = stored.values.sums();
      if (sums == null) {
        complete.add(stored.row.second());
      } else {
        left.add(new Sums(stored.row, sums));
      }
    }
    upsert(left);
    if (!complete.isEmpty()) {
      try (PreparedStatement statement = connection.prepareStatement(COMPLETE)) {
        statement.setString(1, restatement.ticker().symbol());
        statement.setArray(2, connection.createArrayOf("bigint", complete.toArray()));
        statement.executeUpdate();
      }
    }
  }

  /** Writes the sums of those rows that are incomplete. */
  void writeSums(List<SecondRow> rows) throws SQLException {
    List<Sums> sums = new ArrayList<>();
    for (SecondRow row : rows) {
      ExactSums exact = row.sums();
      if (exact != null) {
        sums.add(new Sums(new SumsRow(row.ticker().symbol(), row.second()), exact));
      }
    }
    upsert(sums);
  }

  private void upsert(List<Sums> sums) throws SQLException {
    if (sums.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(SUMS)) {
      RowWriter.Parameters<Sums> parameters =
          new RowWriter.Parameters<>(connection, statement, sums);
      parameters.text(each -> each.row.ticker());
      parameters.bigint(each -> each.row.second());
      parameters.text(
          each ->
              each.exact.gaps().stream()
                  .map(UUID::toString)
                  .collect(Collectors.joining(",", "{", "}")));
      parameters.time(each -> each.exact.vwap().reset());
      parameters.nullable("text", each -> each.exact.vwap().notionalE4().toString());
      parameters.bigint(each -> each.exact.vwap().volume());
      parameters.nullable("text", each -> bar(each.exact.average()));
      parameters.nullable("integer", each -> period(each.exact.average()));
      parameters.nullable("text", each -> times(each.exact.average()));
      parameters.nullable("text", each -> closes(each.exact.average()));
      statement.executeUpdate();
    }
  }

  /** Gives minutes whose rows were lost their candle's row. */
  void replaceLost(GapWork work) throws SQLException {
    for (GapWork.LostRows lost : work.lostRows()) {
      if (!isOpen(lost.gap())) {
        continue;
      }
      try (PreparedStatement statement = connection.prepareStatement(LOST_ROWS)) {
        RowWriter.Parameters<Bar> parameters =
            new RowWriter.Parameters<>(connection, statement, lost.candles());
        parameters.bigint(candle -> candle.start().getEpochSecond());
        parameters.bigint(candle -> candle.close().e4());
        parameters.bigint(Bar::volume);
        statement.setString(4, lost.ticker().symbol());
        statement.setString(5, lost.ticker().symbol());
        statement.setObject(6, lost.gap());
        statement.executeUpdate();
      }
      BarTable.writeCandles(connection, lost.ticker(), lost.candles());
    }
  }

  /** Writes the entries; one that is closed stays as it is. */
  void writeEntries(GapWork work) throws SQLException {
    if (!work.entries().isEmpty()) {
      write(work.entries());
    }
  }

  private void write(List<GapEntry> entries) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ENTRIES)) {
      RowWriter.Parameters<GapEntry> parameters =
          new RowWriter.Parameters<>(connection, statement, entries);
      parameters.text(entry -> entry.id().toString());
      parameters.text(entry -> entry.ticker().symbol());
      parameters.time(GapEntry::from);
      parameters.time(GapEntry::to);
      parameters.text(GapEntry::cause);
      parameters.text(entry -> entry.state().wire());
      parameters.time(GapEntry::openedAt);
      parameters.time(GapEntry::closedAt);
      parameters.nullable("integer", GapEntry::attempts);
      parameters.nullable("integer", GapEntry::candles);
      parameters.bigint(GapEntry::volume);
      parameters.nullable("bigint", entry -> RowWriter.boxed(entry.before().sma9E4()));
      parameters.nullable("bigint", entry -> RowWriter.boxed(entry.after().sma9E4()));
      parameters.nullable("bigint", entry -> RowWriter.boxed(entry.before().vwapE4()));
      parameters.nullable("bigint", entry -> RowWriter.boxed(entry.after().vwapE4()));
      parameters.text(GapEntry::note);
      parameters.time(entry -> entry.first() == null ? null : entry.first().time());
      parameters.nullable(
          "bigint", entry -> entry.first() == null ? null : entry.first().price().e4());
      parameters.nullable("bigint", entry -> entry.first() == null ? null : entry.first().growth());
      statement.executeUpdate();
    }
  }

  private boolean isOpen(UUID gap) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT state FROM data_gaps WHERE id = ?")) {
      statement.setObject(1, gap);
      try (ResultSet rows = statement.executeQuery()) {
        return !rows.next() || rows.getString(1).equals(GapState.OPEN.wire());
      }
    }
  }

  private static OffsetDateTime time(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable String bar(MovingAverage.@Nullable State average) {
    return average == null ? null : average.bars().label();
  }

  private static @Nullable Integer period(MovingAverage.@Nullable State average) {
    return average == null ? null : average.period();
  }

  private static @Nullable String times(MovingAverage.@Nullable State average) {
    return average == null ? null : RowWriter.array(average, MovingAverage.Close::time);
  }

  private static @Nullable String closes(MovingAverage.@Nullable State average) {
    return average == null ? null : RowWriter.array(average, close -> close.price().e4());
  }

  private record SumsRow(String ticker, long second) {}

  private record Sums(SumsRow row, ExactSums exact) {}

  private record Stored(SumsRow row, Restatement.Values values) {}
}
