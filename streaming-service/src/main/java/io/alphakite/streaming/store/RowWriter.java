package io.alphakite.streaming.store;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.notification.Channel;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerState;
import io.alphakite.streaming.option.OptionRow;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes one {@link Batch} in one transaction: rows and indicators in one statement, quotes,
 * options, ticker states, account events, and the notifications of all of them.
 *
 * <p>Rows are absolute values, so writing a batch again after an answer was lost changes nothing;
 * account events may then be there twice, as the streamer itself may send them twice. Used by one
 * thread.
 */
final class RowWriter {
  private static final Duration METRICS_EVERY = Duration.ofSeconds(1);
  // With many tickers less often: about so many rows a second, and each ticker's twice a minute.
  private static final int METRICS_PER_SECOND = 100;
  private static final Duration METRICS_EVERY_MOST = Duration.ofSeconds(30);
  // NOTIFY takes 8000 bytes; a ticker has at most 16 and a comma.
  private static final int TICKERS_PER_NOTIFICATION = 400;

  private static final String ROWS =
      """
      WITH row AS MATERIALIZED (
        SELECT ticker, to_timestamp(second) AS at, price * 0.0001 AS price, volume, source,
               sma9 * 0.0001 AS sma9, vwap * 0.0001 AS vwap, complete
        FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::boolean[])
             AS u (ticker, second, price, volume, source, sma9, vwap, complete)),
      prices AS (
        INSERT INTO equity_data AS old (ticker, timestamp, price, volume, source)
        SELECT ticker, at, price, volume, source FROM row
        ON CONFLICT (ticker, timestamp) DO UPDATE
        SET price = excluded.price, volume = excluded.volume, source = excluded.source)
      INSERT INTO indicators (ticker, timestamp, sma9, vwap, complete)
      SELECT ticker, at, sma9, vwap, complete FROM row
      ON CONFLICT (ticker, timestamp) DO UPDATE
      SET sma9 = excluded.sma9, vwap = excluded.vwap, complete = excluded.complete
      """;

  private static final String QUOTES =
      """
      INSERT INTO quotes AS old
        (ticker, bid, ask, bid_size, ask_size, last, quote_time, trade_time, received_at)
      SELECT ticker, bid * 0.0001, ask * 0.0001, bid_size, ask_size, last * 0.0001, quote_time, trade_time, received_at
      FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                  ?::timestamptz[], ?::timestamptz[], ?::timestamptz[])
           AS u (ticker, bid, ask, bid_size, ask_size, last, quote_time, trade_time, received_at)
      ON CONFLICT (ticker) DO UPDATE
      SET bid = excluded.bid, ask = excluded.ask, bid_size = excluded.bid_size, ask_size = excluded.ask_size,
          last = excluded.last, quote_time = excluded.quote_time, trade_time = excluded.trade_time,
          received_at = excluded.received_at
      WHERE coalesce(greatest(excluded.quote_time, excluded.trade_time), '-infinity')
         >= coalesce(greatest(old.quote_time, old.trade_time), '-infinity')
      """;

  private static final String STATES =
      """
      INSERT INTO streaming.ticker_states
        (ticker, trading_date, day_volume, continues_previous, newest_trade, last_price, covered_until,
         gap_date, gap_volume, average_bar, average_period, average_times, average_closes_e4,
         vwap_reset, vwap_notional_e4, vwap_volume, holes)
      SELECT ticker, trading_date, day_volume, continues_previous, newest_trade, last_price * 0.0001, covered_until,
             gap_date, gap_volume, average_bar, average_period, average_times::timestamptz[], average_closes::bigint[],
             vwap_reset, vwap_notional, vwap_volume, holes
      FROM unnest(?::text[], ?::date[], ?::bigint[], ?::boolean[], ?::timestamptz[], ?::bigint[], ?::timestamptz[],
                  ?::date[], ?::bigint[], ?::text[], ?::integer[], ?::text[], ?::text[],
                  ?::timestamptz[], ?::numeric[], ?::bigint[], ?::text[])
           AS u (ticker, trading_date, day_volume, continues_previous, newest_trade, last_price, covered_until,
                 gap_date, gap_volume, average_bar, average_period, average_times, average_closes,
                 vwap_reset, vwap_notional, vwap_volume, holes)
      ON CONFLICT (ticker) DO UPDATE
      SET trading_date = excluded.trading_date, day_volume = excluded.day_volume,
          continues_previous = excluded.continues_previous, newest_trade = excluded.newest_trade,
          last_price = excluded.last_price, covered_until = excluded.covered_until,
          gap_date = excluded.gap_date, gap_volume = excluded.gap_volume,
          average_bar = excluded.average_bar, average_period = excluded.average_period,
          average_times = excluded.average_times, average_closes_e4 = excluded.average_closes_e4,
          vwap_reset = excluded.vwap_reset, vwap_notional_e4 = excluded.vwap_notional_e4,
          vwap_volume = excluded.vwap_volume, holes = excluded.holes, updated_at = excluded.updated_at
      """;

  private static final String ACCOUNT_EVENTS =
      """
      INSERT INTO account_events (received_at, sequence, message_type, broker_order_id, payload)
      SELECT * FROM unnest(?::timestamptz[], ?::bigint[], ?::text[], ?::text[], ?::text[])
      RETURNING id
      """;

  private static final String METRICS =
      """
      INSERT INTO streaming_metrics
        (timestamp, ticker, records_processed, batch_size, processing_time_ms, error_count, service_status,
         queue_depth, rows, ticks, lag_ms)
      SELECT ?, ticker, records, ?, ?, errors, CASE WHEN errors > 0 THEN 'warning' ELSE 'healthy' END,
             ?, rows, ticks, lag
      FROM unnest(?::text[], ?::bigint[], ?::integer[], ?::bigint[], ?::bigint[], ?::bigint[])
           AS u (ticker, records, errors, rows, ticks, lag)
      """;

  private final DataSource database;
  private final InstantSource wallClock;
  private final Partitions partitions = new Partitions();
  private final RowBuffer buffer;
  private final Map<Ticker, Long> recordsSinceMetrics = new HashMap<>();
  private final Map<Ticker, Long> rowsSinceMetrics = new HashMap<>();
  private Map<Ticker, Long> ticksAtMetrics = Map.of();
  private int failuresSinceMetrics;
  private long metricsAtNanos;
  private boolean metricsWritten;

  /**
   * Nothing written yet.
   *
   * @param buffer whose figures go into the metrics
   */
  RowWriter(DataSource database, InstantSource wallClock, RowBuffer buffer) {
    this.database = database;
    this.wallClock = wallClock;
    this.buffer = buffer;
  }

  /**
   * Writes all of it or nothing.
   *
   * @throws SQLException when it is not known to be written; it may be tried again
   */
  void write(Batch batch) throws SQLException {
    long start = System.nanoTime();
    boolean metricsDue =
        !metricsWritten || System.nanoTime() - metricsAtNanos >= metricsEvery().toNanos();
    Map<Ticker, Long> records = records(batch);
    Map<Ticker, Long> ticks = metricsDue ? buffer.ticks() : ticksAtMetrics;
    Set<Ticker> changed = new HashSet<>(records.keySet());
    batch.options().forEach(row -> changed.add(row.ticker()));
    try (Connection connection = database.getConnection()) {
      ensurePartitions(connection, batch);
      connection.setAutoCommit(false);
      try {
        GapWriter gaps = new GapWriter(connection);
        gaps.restate(batch.gaps());
        writeRows(connection, batch.rows());
        gaps.writeSums(batch.rows());
        gaps.replaceLost(batch.gaps());
        gaps.writeEntries(batch.gaps());
        writeQuotes(connection, batch.quotes());
        OptionTable.write(connection, batch.options());
        writeStates(connection, batch.states());
        writeAccountEvents(connection, batch.accountEvents());
        notifyMarketData(connection, changed);
        if (metricsDue) {
          writeMetrics(connection, batch, records, ticks, System.nanoTime() - start);
        }
        connection.commit();
      } catch (SQLException e) {
        rollback(connection, e);
        throw e;
      } finally {
        restoreAutoCommit(connection);
      }
    } catch (SQLException e) {
      failuresSinceMetrics++;
      throw e;
    }
    if (metricsDue) {
      recordsSinceMetrics.clear();
      rowsSinceMetrics.clear();
      ticksAtMetrics = ticks;
      failuresSinceMetrics = 0;
      metricsAtNanos = System.nanoTime();
      metricsWritten = true;
    } else {
      records.forEach((ticker, count) -> recordsSinceMetrics.merge(ticker, count, Long::sum));
      countRows(batch, rowsSinceMetrics);
    }
  }

  private Duration metricsEvery() {
    Duration fair = Duration.ofSeconds(recordsSinceMetrics.size() / METRICS_PER_SECOND);
    return fair.compareTo(METRICS_EVERY) < 0
        ? METRICS_EVERY
        : fair.compareTo(METRICS_EVERY_MOST) > 0 ? METRICS_EVERY_MOST : fair;
  }

  private void ensurePartitions(Connection connection, Batch batch) throws SQLException {
    partitions.ensure(connection, wallClock.instant());
    LongSummaryStatistics seconds =
        LongStream.concat(
                batch.rows().stream().mapToLong(SecondRow::second),
                batch.options().stream().mapToLong(OptionRow::second))
            .summaryStatistics();
    if (seconds.getCount() > 0) {
      partitions.ensure(connection, Instant.ofEpochSecond(seconds.getMin()));
      partitions.ensure(connection, Instant.ofEpochSecond(seconds.getMax()));
    }
  }

  private static void writeRows(Connection connection, List<SecondRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
      Parameters<SecondRow> parameters = new Parameters<>(connection, statement, rows);
      parameters.text(row -> row.ticker().symbol());
      parameters.bigint(SecondRow::second);
      parameters.bigint(row -> row.price().e4());
      parameters.bigint(SecondRow::volume);
      parameters.text(row -> row.source().name().toLowerCase(Locale.ROOT));
      parameters.nullable("bigint", row -> boxed(row.sma9E4()));
      parameters.nullable("bigint", row -> boxed(row.vwapE4()));
      parameters.nullable("boolean", SecondRow::complete);
      statement.executeUpdate();
    }
  }

  private static void writeQuotes(Connection connection, List<QuoteRow> quotes)
      throws SQLException {
    if (quotes.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(QUOTES)) {
      Parameters<QuoteRow> parameters = new Parameters<>(connection, statement, quotes);
      parameters.text(row -> row.quote().ticker().symbol());
      parameters.nullable("bigint", row -> e4(row.quote().bid()));
      parameters.nullable("bigint", row -> e4(row.quote().ask()));
      parameters.nullable("bigint", row -> row.quote().bidSize());
      parameters.nullable("bigint", row -> row.quote().askSize());
      parameters.nullable("bigint", row -> e4(row.quote().last()));
      parameters.time(row -> row.quote().quoteTime());
      parameters.time(row -> row.quote().tradeTime());
      parameters.time(QuoteRow::receivedAt);
      statement.executeUpdate();
    }
  }

  private static void writeStates(Connection connection, Map<Ticker, TickerState> states)
      throws SQLException {
    if (states.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(STATES)) {
      Parameters<Map.Entry<Ticker, TickerState>> parameters =
          new Parameters<>(connection, statement, List.copyOf(states.entrySet()));
      parameters.text(entry -> entry.getKey().symbol());
      parameters.nullable("text", entry -> text(entry.getValue().date()));
      parameters.nullable("bigint", entry -> entry.getValue().dayVolume());
      parameters.nullable("boolean", entry -> entry.getValue().continuesPrevious());
      parameters.time(entry -> entry.getValue().newestTrade());
      parameters.nullable("bigint", entry -> e4(entry.getValue().lastPrice()));
      parameters.time(entry -> entry.getValue().coveredUntil());
      parameters.nullable("text", entry -> text(entry.getValue().gapDate()));
      parameters.bigint(entry -> entry.getValue().gapVolume());
      parameters.text(entry -> entry.getValue().average().bars().label());
      parameters.nullable("integer", entry -> entry.getValue().average().period());
      parameters.text(entry -> array(entry.getValue(), MovingAverage.Close::time));
      parameters.text(entry -> array(entry.getValue(), close -> close.price().e4()));
      parameters.time(entry -> entry.getValue().vwap().reset());
      parameters.nullable("text", entry -> entry.getValue().vwap().notionalE4().toString());
      parameters.bigint(entry -> entry.getValue().vwap().volume());
      parameters.nullable("text", entry -> Holes.encode(entry.getValue().holes()));
      statement.executeUpdate();
    }
  }

  private static void writeAccountEvents(Connection connection, List<AccountEvent> events)
      throws SQLException {
    if (events.isEmpty()) {
      return;
    }
    long newest = 0;
    try (PreparedStatement statement = connection.prepareStatement(ACCOUNT_EVENTS)) {
      Parameters<AccountEvent> parameters = new Parameters<>(connection, statement, events);
      parameters.time(AccountEvent::receivedAt);
      parameters.nullable("bigint", AccountEvent::sequence);
      parameters.text(AccountEvent::messageType);
      parameters.nullable("text", AccountEvent::brokerOrderId);
      parameters.text(AccountEvent::payload);
      try (ResultSet ids = statement.executeQuery()) {
        while (ids.next()) {
          newest = Math.max(newest, ids.getLong(1));
        }
      }
    }
    notify(connection, Channel.ACCOUNT_EVENTS, List.of(Long.toString(newest)));
  }

  private static void notifyMarketData(Connection connection, Set<Ticker> tickers)
      throws SQLException {
    List<String> symbols = new TreeSet<>(tickers).stream().map(Ticker::symbol).toList();
    List<String> payloads = new ArrayList<>();
    for (int from = 0; from < symbols.size(); from += TICKERS_PER_NOTIFICATION) {
      int to = Math.min(from + TICKERS_PER_NOTIFICATION, symbols.size());
      payloads.add(String.join(",", symbols.subList(from, to)));
    }
    notify(connection, Channel.MARKET_DATA, payloads);
  }

  private static void notify(Connection connection, Channel channel, List<String> payloads)
      throws SQLException {
    for (String payload : payloads) {
      try (PreparedStatement statement = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
        statement.setString(1, channel.sqlName());
        statement.setString(2, payload);
        statement.execute();
      }
    }
  }

  private void writeMetrics(
      Connection connection,
      Batch batch,
      Map<Ticker, Long> records,
      Map<Ticker, Long> ticks,
      long nanos)
      throws SQLException {
    Map<Ticker, Long> total = new HashMap<>(recordsSinceMetrics);
    records.forEach((ticker, count) -> total.merge(ticker, count, Long::sum));
    if (total.isEmpty()) {
      return;
    }
    Map<Ticker, Long> rows = new HashMap<>(rowsSinceMetrics);
    countRows(batch, rows);
    Instant now = wallClock.instant();
    Map<Ticker, Long> lags = new HashMap<>();
    for (QuoteRow quote : batch.quotes()) {
      lags.put(
          quote.quote().ticker(),
          Math.max(0, Duration.between(quote.receivedAt(), now).toMillis()));
    }
    try (PreparedStatement statement = connection.prepareStatement(METRICS)) {
      statement.setObject(1, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
      statement.setInt(2, batch.rows().size());
      statement.setBigDecimal(3, java.math.BigDecimal.valueOf(nanos / 1_000, 3));
      statement.setInt(4, buffer.depth().waiting());
      Parameters<Map.Entry<Ticker, Long>> parameters =
          new Parameters<>(connection, statement, List.copyOf(total.entrySet()), 5);
      parameters.text(entry -> entry.getKey().symbol());
      parameters.bigint(Map.Entry::getValue);
      parameters.nullable("integer", entry -> failuresSinceMetrics);
      parameters.bigint(entry -> rows.getOrDefault(entry.getKey(), 0L));
      parameters.bigint(
          entry ->
              ticks.getOrDefault(entry.getKey(), 0L)
                  - ticksAtMetrics.getOrDefault(entry.getKey(), 0L));
      parameters.bigint(entry -> lags.getOrDefault(entry.getKey(), 0L));
      statement.executeUpdate();
    }
  }

  private static void countRows(Batch batch, Map<Ticker, Long> counts) {
    for (SecondRow row : batch.rows()) {
      counts.merge(row.ticker(), 1L, Long::sum);
    }
  }

  /** What of each ticker is written: its rows, and its quote. */
  private static Map<Ticker, Long> records(Batch batch) {
    Map<Ticker, Long> records = new HashMap<>();
    for (SecondRow row : batch.rows()) {
      records.merge(row.ticker(), 1L, Long::sum);
    }
    for (QuoteRow quote : batch.quotes()) {
      records.merge(quote.quote().ticker(), 1L, Long::sum);
    }
    return records;
  }

  private static void rollback(Connection connection, SQLException failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static void restoreAutoCommit(Connection connection) throws SQLException {
    if (!connection.isClosed()) {
      connection.setAutoCommit(true);
    }
  }

  static @Nullable Long e4(@Nullable Price price) {
    return price == null ? null : price.e4();
  }

  static @Nullable Long boxed(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static String array(TickerState state, Function<MovingAverage.Close, Object> part) {
    return array(state.average(), part);
  }

  static String array(MovingAverage.State average, Function<MovingAverage.Close, Object> part) {
    return average.closes().stream()
        .map(close -> part.apply(close).toString())
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** A column's value of an item; null where it has none. */
  interface Part<T> {
    @Nullable Object of(T item);
  }

  /** One array parameter a column, in the order of the calls. */
  static final class Parameters<T> {
    private final Connection connection;
    private final PreparedStatement statement;
    private final List<T> items;
    private int next;

    Parameters(Connection connection, PreparedStatement statement, List<T> items) {
      this(connection, statement, items, 1);
    }

    Parameters(Connection connection, PreparedStatement statement, List<T> items, int first) {
      this.connection = connection;
      this.statement = statement;
      this.items = items;
      this.next = first;
    }

    void text(Function<T, String> part) throws SQLException {
      nullable("text", part::apply);
    }

    void bigint(ToLongFunction<T> part) throws SQLException {
      nullable("bigint", part::applyAsLong);
    }

    void time(Part<T> part) throws SQLException {
      nullable("text", item -> RowWriter.text(part.of(item)));
    }

    void nullable(String type, Part<T> part) throws SQLException {
      @Nullable Object[] values = new @Nullable Object[items.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = part.of(items.get(i));
      }
      Array array = connection.createArrayOf(type, values);
      statement.setArray(next, array);
      next++;
    }
  }
}
