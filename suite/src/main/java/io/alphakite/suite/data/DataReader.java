package io.alphakite.suite.data;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks at what is stored without reading it all: months up to 32 MB are counted, 256 MB of them at
 * most, bigger ones are estimated from the database's statistics, and times come from the ends of
 * the indexes. When everything shall be counted it takes as long as that takes.
 */
final class DataReader {

  /** A month of this size is counted in well under a second. */
  private static final long COUNTED_BYTES = 32L << 20;

  /** After so much counting the rest is estimated, whatever its size. */
  private static final long COUNTED_BYTES_IN_ALL = 256L << 20;

  private static final List<String> TABLES =
      List.of("equity_data", "indicators", "equity_bars", "option_prices", "streaming_metrics");
  private static final List<String> BY_TICKER = List.of("equity_data", "option_prices");
  private static final int TICKERS_MAX = 5_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();

  private static final String PARTITIONS =
      """
      SELECT c.relname, c.reltuples::bigint, pg_relation_size(c.oid), pg_total_relation_size(c.oid)
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = ?::regclass ORDER BY c.relname
      """;

  /** Hops from ticker to ticker in the index: as many steps as there are tickers. */
  private static final String SERIES =
      """
      WITH RECURSIVE hop (ticker) AS (
        (SELECT ticker FROM %1$s ORDER BY ticker LIMIT 1)
        UNION ALL
        SELECT (SELECT t.ticker FROM %1$s t WHERE t.ticker > hop.ticker ORDER BY t.ticker LIMIT 1)
        FROM hop WHERE hop.ticker IS NOT NULL)
      SELECT hop.ticker,
        (SELECT t.timestamp FROM %1$s t WHERE t.ticker = hop.ticker ORDER BY t.timestamp LIMIT 1),
        (SELECT t.timestamp FROM %1$s t WHERE t.ticker = hop.ticker ORDER BY t.timestamp DESC LIMIT 1)
      FROM hop WHERE hop.ticker IS NOT NULL LIMIT ?
      """;

  /** The same for pairs of ticker and bar. */
  private static final String CANDLES =
      """
      WITH RECURSIVE hop (ticker, bar) AS (
        (SELECT ticker, bar FROM candles ORDER BY ticker, bar LIMIT 1)
        UNION ALL
        SELECT next.ticker, next.bar FROM hop, LATERAL (
          SELECT c.ticker, c.bar FROM candles c WHERE (c.ticker, c.bar) > (hop.ticker, hop.bar)
          ORDER BY c.ticker, c.bar LIMIT 1) AS next)
      SELECT ticker, bar,
        (SELECT c.timestamp FROM candles c WHERE c.ticker = hop.ticker AND c.bar = hop.bar
         ORDER BY c.timestamp LIMIT 1),
        (SELECT c.timestamp FROM candles c WHERE c.ticker = hop.ticker AND c.bar = hop.bar
         ORDER BY c.timestamp DESC LIMIT 1)
      FROM hop LIMIT ?
      """;

  private static final String EMPTY_SESSIONS =
      """
      SELECT count(*) FROM unnest(?::timestamptz[], ?::timestamptz[]) AS session (open, close)
      WHERE NOT EXISTS (
        SELECT FROM equity_data e
        WHERE e.ticker = ? AND e.timestamp >= session.open AND e.timestamp < session.close)
      """;

  private final Connection connection;
  private final long countedBytes;
  private final long countedBytesInAll;
  private long counted;

  /** Reads through this connection, as {@code kite_gateway}. */
  DataReader(Connection connection) {
    this(connection, COUNTED_BYTES, COUNTED_BYTES_IN_ALL);
  }

  /** Counts everything, however long that takes. */
  static DataReader exact(Connection connection) {
    return new DataReader(connection, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * The same with other limits.
   *
   * @param countedBytes months up to this size are counted
   * @param countedBytesInAll until so much was counted
   */
  DataReader(Connection connection, long countedBytes, long countedBytesInAll) {
    this.connection = connection;
    this.countedBytes = countedBytes;
    this.countedBytesInAll = countedBytesInAll;
  }

  StoredData read() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET statement_timeout = '%s'".formatted(countedBytes == Long.MAX_VALUE ? "0" : "60s"));
    }
    Map<String, List<Range>> ranges = new HashMap<>();
    List<StoredData.Table> tables = new ArrayList<>();
    for (String table : TABLES) {
      tables.add(table(table, ranges));
    }
    List<StoredData.Series> series = new ArrayList<>();
    for (String table : BY_TICKER) {
      series.addAll(series(table, ranges.getOrDefault(table, List.of())));
    }
    return new StoredData(
        number("SELECT pg_database_size(current_database())"),
        tables,
        series,
        candles(),
        gaps(),
        drops());
  }

  /**
   * A month of a table as a span of time.
   *
   * @param counts rows by ticker when they were counted; null when they are estimated
   */
  private record Range(
      OffsetDateTime from, OffsetDateTime to, @Nullable Map<String, Long> counts) {}

  private StoredData.Table table(String name, Map<String, List<Range>> ranges) throws SQLException {
    List<StoredData.Partition> partitions = new ArrayList<>();
    List<Range> spans = new ArrayList<>();
    long bytes = 0;
    try (PreparedStatement query = connection.prepareStatement(PARTITIONS)) {
      query.setString(1, "public." + name);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String partition = row.getString(1);
          bytes += row.getLong(4);
          if (partition.equals(name + "_default")) {
            continue;
          }
          YearMonth month =
              YearMonth.parse(partition.substring(name.length() + 1).replace('_', '-'));
          OffsetDateTime from = month.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC);
          OffsetDateTime to = month.plusMonths(1).atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC);
          Map<String, Long> counts = null;
          if (isCounted(row.getLong(3))) {
            counts = count(name, from, to);
          }
          spans.add(new Range(from, to, counts));
          partitions.add(
              new StoredData.Partition(
                  partition,
                  month.toString(),
                  row.getLong(4),
                  counts == null
                      ? estimate(name, partition, row.getLong(2))
                      : counts.values().stream().mapToLong(Long::longValue).sum(),
                  counts == null));
        }
      }
    }
    ranges.put(name, spans);
    Outlook outlook = outlook(name);
    return new StoredData.Table(
        name,
        bytes,
        outlook.waiting() + partitions.stream().mapToLong(StoredData.Partition::rows).sum(),
        partitions.stream().anyMatch(StoredData.Partition::rowsEstimated),
        partitions,
        outlook.waiting(),
        outlook.coveredUntil());
  }

  private boolean isCounted(long bytes) {
    if (bytes > countedBytes || counted >= countedBytesInAll) {
      return false;
    }
    counted += bytes;
    return true;
  }

  /** A month that was never analyzed has no figure of its own; the planner goes by its size. */
  private long estimate(String table, String partition, long statistics) throws SQLException {
    if (statistics >= 0) {
      return statistics;
    }
    JsonNode scan = scan(plan("SELECT FROM " + table), partition);
    return scan == null ? 0 : scan.path("Plan Rows").asLong(0);
  }

  private static @Nullable JsonNode scan(JsonNode plan, String partition) {
    if (plan.path("Relation Name").asString("").equals(partition)) {
      return plan;
    }
    for (JsonNode part : plan.path("Plans")) {
      JsonNode found = scan(part, partition);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private Map<String, Long> count(String table, OffsetDateTime from, OffsetDateTime to)
      throws SQLException {
    Map<String, Long> counts = new HashMap<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT ticker, count(*) FROM "
                + table
                + " WHERE timestamp >= ? AND timestamp < ? GROUP BY ticker")) {
      query.setObject(1, from);
      query.setObject(2, to);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          counts.put(row.getString(1), row.getLong(2));
        }
      }
    }
    return counts;
  }

  private record Outlook(long waiting, @Nullable Instant coveredUntil) {}

  private Outlook outlook(String table) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT default_rows, covered_until
            FROM coalesce(CASE WHEN ? THEN now() ELSE feed_time() END, now()) AS moment,
              partition_outlook(moment)
            WHERE parent = ?
            """)) {
      query.setBoolean(1, table.equals("streaming_metrics"));
      query.setString(2, table);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? new Outlook(row.getLong(1), instant(row, 2)) : new Outlook(0, null);
      }
    }
  }

  private List<StoredData.Series> series(String table, List<Range> ranges) throws SQLException {
    List<StoredData.Series> series = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(SERIES.formatted(table))) {
      query.setInt(1, TICKERS_MAX);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String ticker = row.getString(1);
          Instant first = row.getObject(2, OffsetDateTime.class).toInstant();
          Instant last = row.getObject(3, OffsetDateTime.class).toInstant();
          long rows = 0;
          List<Range> big = new ArrayList<>();
          for (Range range : ranges) {
            Map<String, Long> counts = range.counts();
            if (counts != null) {
              rows += counts.getOrDefault(ticker, 0L);
            } else {
              big.add(range);
            }
          }
          rows += big.isEmpty() ? 0 : estimate(table, ticker, big);
          series.add(
              new StoredData.Series(
                  table,
                  ticker,
                  rows,
                  !big.isEmpty(),
                  first,
                  last,
                  table.equals("equity_data") ? emptySessions(ticker, first, last) : null));
        }
      }
    }
    return series;
  }

  /** What the planner expects of these months, from their statistics. */
  private long estimate(String table, String ticker, List<Range> months) throws SQLException {
    String spans =
        months.stream()
            .map(
                month ->
                    "(timestamp >= '%s' AND timestamp < '%s')".formatted(month.from(), month.to()))
            .collect(Collectors.joining(" OR "));
    return planned(
        "SELECT FROM %s WHERE ticker = '%s' AND (%s)"
            .formatted(table, ticker.replace("'", "''"), spans));
  }

  private long planned(String select) throws SQLException {
    return plan(select).path("Plan Rows").asLong(0);
  }

  private JsonNode plan(String select) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("EXPLAIN (FORMAT JSON) " + select)) {
      row.next();
      return JSON.readTree(row.getString(1)).path(0).path("Plan");
    }
  }

  private int emptySessions(String ticker, Instant first, Instant last) throws SQLException {
    List<String> opens = new ArrayList<>();
    List<String> closes = new ArrayList<>();
    LocalDate end = CALENDAR.dateOf(last);
    for (LocalDate date = CALENDAR.dateOf(first); date.isBefore(end); date = date.plusDays(1)) {
      TradingSession session = CALENDAR.session(date).orElse(null);
      if (session != null) {
        opens.add(session.open().toString());
        closes.add(session.close().toString());
      }
    }
    try (PreparedStatement query = connection.prepareStatement(EMPTY_SESSIONS)) {
      query.setArray(1, connection.createArrayOf("timestamptz", opens.toArray()));
      query.setArray(2, connection.createArrayOf("timestamptz", closes.toArray()));
      query.setString(3, ticker);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private List<StoredData.CandleSeries> candles() throws SQLException {
    List<StoredData.CandleSeries> candles = new ArrayList<>();
    boolean exact = isCounted(number("SELECT pg_relation_size('candles')"));
    try (PreparedStatement query = connection.prepareStatement(CANDLES)) {
      query.setInt(1, TICKERS_MAX);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String series =
              "FROM candles WHERE ticker = '%s' AND bar = '%s'"
                  .formatted(row.getString(1).replace("'", "''"), row.getString(2));
          candles.add(
              new StoredData.CandleSeries(
                  row.getString(1),
                  row.getString(2),
                  exact ? number("SELECT count(*) " + series) : planned("SELECT " + series),
                  !exact,
                  row.getObject(3, OffsetDateTime.class).toInstant(),
                  row.getObject(4, OffsetDateTime.class).toInstant()));
        }
      }
    }
    return candles;
  }

  private Map<String, Map<String, Long>> gaps() throws SQLException {
    Map<String, Map<String, Long>> gaps = new TreeMap<>();
    if (number("SELECT (to_regclass('public.data_gaps') IS NOT NULL)::integer") == 0) {
      return gaps;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT ticker, state, count(*) FROM data_gaps GROUP BY ticker, state ORDER BY"
                    + " ticker, state")) {
      while (row.next()) {
        gaps.computeIfAbsent(row.getString(1), _ -> new TreeMap<>())
            .put(row.getString(2), row.getLong(3));
      }
    }
    return gaps;
  }

  private List<StoredData.Drop> drops() throws SQLException {
    List<StoredData.Drop> drops = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT partition, reason, due_at FROM streaming.partition_drops WHERE dropped_at"
                    + " IS NULL ORDER BY due_at, partition")) {
      while (row.next()) {
        drops.add(
            new StoredData.Drop(
                row.getString(1),
                row.getString(2),
                row.getObject(3, OffsetDateTime.class).toInstant()));
      }
    }
    return drops;
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
