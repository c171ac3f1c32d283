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
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one {@link Batch} in one transaction: rows and indicators in one statement, quotes,
 * options, ticker states, account events, and the notifications of all of them.
 *
 * <p>Rows are absolute values and account events have ids, so writing a batch again after an answer
 * was lost changes nothing.
 *
 * <p>A batch of which the database refuses a value is taken apart within its transaction until the
 * single items are found that it will not take; these are set aside in {@code
 * streaming.refused_writes} and everything else is written.
 */
final class RowWriter {
  private static final Logger log = LoggerFactory.getLogger(RowWriter.class);

  // A server that says nothing for so long is away.
  private static final int ANSWER_MILLIS = 15_000;
  // Recorded one by one; more of them are counted and logged alone.
  private static final long REFUSED_RECORDED_MAX = 10_000;
  private static final int REFUSED_CONTENT_MAX = 10_000;
  private static final Duration METRICS_EVERY = Duration.ofSeconds(1);
  // With many tickers less often: about so many rows a second, and each ticker's twice a minute.
  private static final int METRICS_PER_SECOND = 100;
  private static final Duration METRICS_EVERY_MOST = Duration.ofSeconds(30);
  // NOTIFY takes 8000 bytes; a ticker has at most 16 and a comma.
  private static final int TICKERS_PER_NOTIFICATION = 400;

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
      INSERT INTO account_events (event_id, received_at, sequence, message_type, broker_order_id, payload)
      SELECT * FROM unnest(?::uuid[], ?::timestamptz[], ?::bigint[], ?::text[], ?::text[], ?::text[])
      ON CONFLICT (event_id) DO NOTHING
      RETURNING id
      """;

  private static final String PROGRESS =
      """
      INSERT INTO streaming.spill_segments AS old (segment, batches) VALUES (?, ?)
      ON CONFLICT (segment) DO UPDATE SET batches = excluded.batches, updated_at = now()
      WHERE old.batches < excluded.batches
      """;

  private static final String REFUSED =
      "INSERT INTO streaming.refused_writes (kind, sql_state, reason, content) VALUES (?, ?, ?, ?)";

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
  private long refusedNow;
  private final AtomicLong refused = new AtomicLong();
  private volatile @Nullable Connection inUse;

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
    write(batch, null);
  }

  /**
   * Writes all of it or nothing, and nothing when it was written before.
   *
   * @param progress where the batch comes from; null when it comes from memory
   * @throws SQLException when it is not known to be written; it may be tried again
   */
  synchronized void write(Batch batch, @Nullable SpillProgress progress) throws SQLException {
    try {
      try {
        write(batch, progress, false);
      } catch (SQLException | RuntimeException e) {
        if (!Refusal.ofData(e)) {
          throw e;
        }
        write(batch, progress, true);
      }
    } catch (SQLException | RuntimeException e) {
      failuresSinceMetrics++;
      throw e;
    }
  }

  /** Ends a write that is going on, from another thread; it then fails. */
  void abort() {
    Connection now = inUse;
    if (now != null) {
      try {
        now.abort(Runnable::run);
      } catch (SQLException e) {
        log.atDebug().setCause(e).log("Connection not aborted");
      }
    }
  }

  /** Single items that the tables would not take, since the start. */
  long refused() {
    return refused.get();
  }

  private void write(Batch batch, @Nullable SpillProgress progress, boolean carefully)
      throws SQLException {
    long start = System.nanoTime();
    boolean metricsDue =
        !metricsWritten || System.nanoTime() - metricsAtNanos >= metricsEvery().toNanos();
    Map<Ticker, Long> records = records(batch);
    Map<Ticker, Long> ticks = metricsDue ? buffer.ticks() : ticksAtMetrics;
    Set<Ticker> changed = new HashSet<>(records.keySet());
    batch.options().forEach(row -> changed.add(row.ticker()));
    refusedNow = 0;
    try (Connection connection = database.getConnection()) {
      inUse = connection;
      connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
      ensurePartitions(connection, batch);
      connection.setAutoCommit(false);
      try {
        if (progress != null && !advance(connection, progress)) {
          connection.rollback();
          return;
        }
        Items items = new Items(connection, carefully);
        List<GapWork> gapWork = batch.gaps().isEmpty() ? List.of() : List.of(batch.gaps());
        items.write("restatement", gapWork, (to, work) -> new GapWriter(to).restate(batch.gaps()));
        items.write("row", batch.rows(), RowWriter::writeRows);
        items.write("bar", batch.bars(), BarTable::write);
        items.write("gap", gapWork, (to, work) -> writeGaps(to, batch.gaps()));
        items.write("quote", batch.quotes(), RowWriter::writeQuotes);
        items.write("option", batch.options(), OptionTable::write);
        items.write("state", List.copyOf(batch.states().entrySet()), RowWriter::writeStates);
        items.write("account event", batch.accountEvents(), RowWriter::writeAccountEvents);
        items.write("notification", List.of(changed), RowWriter::notifyMarketData);
        if (metricsDue) {
          long nanos = System.nanoTime() - start;
          items.write(
              "metric",
              List.of(batch),
              (to, one) -> writeMetrics(to, batch, records, ticks, nanos));
        }
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      } finally {
        restoreAutoCommit(connection);
      }
    } finally {
      inUse = null;
    }
    refused.addAndGet(refusedNow);
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

  /** False when the tables are as far already. */
  private static boolean advance(Connection connection, SpillProgress progress)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PROGRESS)) {
      statement.setObject(1, progress.segment());
      statement.setLong(2, progress.batches());
      return statement.executeUpdate() > 0;
    }
  }

  private void setAside(Connection connection, String kind, Object item, Exception why)
      throws SQLException {
    refusedNow++;
    log.atError()
        .addKeyValue("event", "store.refused")
        .addKeyValue("kind", kind)
        .log(
            "The database does not take one {}, which is set aside: {}",
            kind,
            Refusal.message(why));
    if (refused.get() + refusedNow > REFUSED_RECORDED_MAX) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(REFUSED)) {
      statement.setString(1, kind);
      statement.setString(2, Refusal.state(why));
      statement.setString(3, text(Refusal.message(why), REFUSED_CONTENT_MAX));
      statement.setString(4, text(item.toString(), REFUSED_CONTENT_MAX));
      statement.executeUpdate();
    }
  }

  private static String text(String text, int max) {
    // NUL is the one character that PostgreSQL's text cannot hold.
    String clean = text.replace('\0', '\uFFFD');
    return clean.length() > max ? clean.substring(0, max) : clean;
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
    RowTable.write(connection, rows);
    new GapWriter(connection).writeSums(rows);
  }

  private static void writeGaps(Connection connection, GapWork work) throws SQLException {
    GapWriter gaps = new GapWriter(connection);
    gaps.replaceLost(work);
    gaps.writeEntries(work);
  }

  private static void writeQuotes(Connection connection, List<QuoteRow> quotes)
      throws SQLException {
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

  private static void writeStates(
      Connection connection, List<Map.Entry<Ticker, TickerState>> states) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(STATES)) {
      Parameters<Map.Entry<Ticker, TickerState>> parameters =
          new Parameters<>(connection, statement, states);
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
    long newest = 0;
    try (PreparedStatement statement = connection.prepareStatement(ACCOUNT_EVENTS)) {
      Parameters<AccountEvent> parameters = new Parameters<>(connection, statement, events);
      parameters.nullable("uuid", AccountEvent::id);
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
    if (newest > 0) {
      notify(connection, Channel.ACCOUNT_EVENTS, List.of(Long.toString(newest)));
    }
  }

  private static void notifyMarketData(Connection connection, List<Set<Ticker>> tickers)
      throws SQLException {
    List<String> symbols = new TreeSet<>(tickers.getFirst()).stream().map(Ticker::symbol).toList();
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

  private static void rollback(Connection connection, Exception failure) {
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

  /** Writes items of one kind in one statement. */
  private interface Writing<T> {
    void write(Connection connection, List<T> items) throws SQLException;
  }

  /** Writes the items of a transaction, all of a kind at once, or taken apart where they fail. */
  private final class Items {
    private final Connection connection;
    private final boolean carefully;

    Items(Connection connection, boolean carefully) {
      this.connection = connection;
      this.carefully = carefully;
    }

    <T> void write(String kind, List<T> items, Writing<T> writing) throws SQLException {
      if (items.isEmpty()) {
        return;
      }
      if (!carefully) {
        writing.write(connection, items);
        return;
      }
      Savepoint before = connection.setSavepoint();
      try {
        writing.write(connection, items);
        connection.releaseSavepoint(before);
      } catch (SQLException | RuntimeException e) {
        if (!Refusal.ofData(e)) {
          throw e;
        }
        connection.rollback(before);
        if (items.size() == 1) {
          setAside(connection, kind, items.getFirst(), e);
          return;
        }
        write(kind, items.subList(0, items.size() / 2), writing);
        write(kind, items.subList(items.size() / 2, items.size()), writing);
      }
    }
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
