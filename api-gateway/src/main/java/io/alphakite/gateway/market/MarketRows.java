package io.alphakite.gateway.market;

import io.alphakite.gateway.market.MarketViews.BarView;
import io.alphakite.gateway.market.MarketViews.OptionView;
import io.alphakite.gateway.market.MarketViews.PricePoint;
import io.alphakite.gateway.market.MarketViews.QuoteView;
import io.alphakite.gateway.market.MarketViews.SignalView;
import io.alphakite.gateway.web.MarketNumber;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads market data from the database. */
@Repository
class MarketRows {
  // Whether a day s may have minutes with rows and no bar: its first or its last row's minute has
  // none. Days before bars
  // were kept are so, and the one on which that began.
  private static final String BARE_DAY =
      """
      CROSS JOIN LATERAL (
          SELECT EXISTS (
              SELECT FROM ((SELECT e.timestamp FROM equity_data e
                            WHERE e.ticker = :ticker AND e.timestamp >= s.start AND e.timestamp < s.until
                            ORDER BY e.timestamp LIMIT 1)
                           UNION ALL
                           (SELECT e.timestamp FROM equity_data e
                            WHERE e.ticker = :ticker AND e.timestamp >= s.start AND e.timestamp < s.until
                            ORDER BY e.timestamp DESC LIMIT 1)) AS edge
              WHERE NOT EXISTS (
                  SELECT FROM equity_bars b
                  WHERE b.ticker = :ticker AND b.timestamp = date_trunc('minute', edge.timestamp, 'UTC'))) AS bare) d
      """;

  // The minutes of a day s: their bars, and where there is none what the seconds tell.
  private static final String MINUTES =
      """
      SELECT b.timestamp, b.open, b.high, b.low, b.close, b.volume
      FROM equity_bars b
      WHERE b.ticker = :ticker AND b.timestamp >= s.start AND b.timestamp < s.until
      UNION ALL
      SELECT date_trunc('minute', e.timestamp, 'UTC'), (array_agg(e.price ORDER BY e.timestamp))[1], max(e.price),
             min(e.price), (array_agg(e.price ORDER BY e.timestamp DESC))[1], sum(e.volume)
      FROM equity_data e
      WHERE d.bare AND e.ticker = :ticker AND e.timestamp >= s.start AND e.timestamp < s.until
        AND NOT EXISTS (
            SELECT FROM equity_bars b
            WHERE b.ticker = :ticker AND b.timestamp = date_trunc('minute', e.timestamp, 'UTC'))
      GROUP BY 1
      """;

  private final JdbcClient jdbc;

  MarketRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<PricePoint> prices(String ticker, Instant from, @Nullable Instant to, int count) {
    return jdbc.sql(
            """
            SELECT e.timestamp, e.price, e.volume, i.sma9, i.vwap, e.source, coalesce(i.complete, true) AS complete
            FROM equity_data e
            LEFT JOIN indicators i ON i.ticker = e.ticker AND i.timestamp = e.timestamp
                AND i.timestamp >= :from AND i.timestamp < :to
            WHERE e.ticker = :ticker AND e.timestamp >= :from AND e.timestamp < :to
            ORDER BY e.timestamp
            LIMIT :count
            """)
        .param("ticker", ticker)
        .param("from", Timestamp.from(from))
        .param("to", Timestamp.from(orEnd(to)))
        .param("count", count)
        .query(
            (row, number) ->
                new PricePoint(
                    instant(row, "timestamp"),
                    price(row, "price"),
                    row.getLong("volume"),
                    priceOrNull(row, "sma9"),
                    priceOrNull(row, "vwap"),
                    row.getString("source"),
                    row.getBoolean("complete")))
        .list();
  }

  /**
   * Bars of seconds, out of the seconds' last prices; {@code from} and {@code to} have to be starts
   * of intervals.
   */
  List<BarView> secondBars(String ticker, long seconds, Instant from, Instant to, int count) {
    return jdbc.sql(
            """
            SELECT date_bin(make_interval(secs => :seconds), timestamp, timestamptz '2000-01-01 00:00:00Z') AS start,
                   (array_agg(price ORDER BY timestamp))[1] AS open, max(price) AS high, min(price) AS low,
                   (array_agg(price ORDER BY timestamp DESC))[1] AS close, sum(volume) AS volume
            FROM equity_data
            WHERE ticker = :ticker AND timestamp >= :from AND timestamp < :to
            GROUP BY start
            ORDER BY start
            LIMIT :count
            """)
        .param("seconds", seconds)
        .param("ticker", ticker)
        .param("from", Timestamp.from(from))
        .param("to", Timestamp.from(to))
        .param("count", count)
        .query((row, number) -> bar(row))
        .list();
  }

  /**
   * Bars of whole minutes.
   *
   * @param days what is asked for, day by day, in order; its ends have to be starts of intervals
   */
  List<BarView> minuteBars(String ticker, long seconds, List<SessionWindow> days, int count) {
    return jdbc.sql(
            """
            SELECT date_bin(make_interval(secs => :seconds), m.timestamp, timestamptz '2000-01-01 00:00:00Z') AS start,
                   (array_agg(m.open ORDER BY m.timestamp))[1] AS open, max(m.high) AS high, min(m.low) AS low,
                   (array_agg(m.close ORDER BY m.timestamp DESC))[1] AS close, sum(m.volume) AS volume
            FROM unnest(:starts::timestamptz[], :ends::timestamptz[]) AS s (start, until)
            """
                + BARE_DAY
                + "CROSS JOIN LATERAL ("
                + MINUTES
                + """
                ) m
                GROUP BY 1
                ORDER BY 1
                LIMIT :count
                """)
        .param("seconds", seconds)
        .param("starts", starts(days))
        .param("ends", ends(days))
        .param("ticker", ticker)
        .param("count", count)
        .query((row, number) -> bar(row))
        .list();
  }

  /** One bar per day that has trading; what a day is, the calendar has said. */
  List<BarView> dayBars(String ticker, List<SessionWindow> days) {
    return jdbc.sql(
            """
            SELECT s.start, b.open, b.high, b.low, b.close, b.volume
            FROM unnest(:starts::timestamptz[], :ends::timestamptz[]) AS s (start, until)
            """
                + BARE_DAY
                + """
                CROSS JOIN LATERAL (
                    SELECT (array_agg(m.open ORDER BY m.timestamp))[1] AS open, max(m.high) AS high, min(m.low) AS low,
                           (array_agg(m.close ORDER BY m.timestamp DESC))[1] AS close, sum(m.volume) AS volume
                    FROM (
                """
                + MINUTES
                + """
                ) m) b
                WHERE b.open IS NOT NULL
                ORDER BY s.start
                """)
        .param("starts", starts(days))
        .param("ends", ends(days))
        .param("ticker", ticker)
        .query((row, number) -> bar(row))
        .list();
  }

  private static String[] starts(List<SessionWindow> spans) {
    return spans.stream().map(span -> span.from().toString()).toArray(String[]::new);
  }

  private static String[] ends(List<SessionWindow> spans) {
    return spans.stream().map(span -> span.to().toString()).toArray(String[]::new);
  }

  /** When the first and the last row of a ticker are; empty without rows. */
  Optional<SessionWindow> extent(String ticker) {
    return jdbc.sql(
            """
            SELECT first.timestamp AS first, last.timestamp AS last
            FROM (SELECT timestamp FROM equity_data WHERE ticker = :ticker ORDER BY timestamp LIMIT 1) first,
                 (SELECT timestamp FROM equity_data WHERE ticker = :ticker ORDER BY timestamp DESC LIMIT 1) last
            """)
        .param("ticker", ticker)
        .query((row, number) -> new SessionWindow(instant(row, "first"), instant(row, "last")))
        .optional();
  }

  /** When the newest row of a ticker is. */
  Optional<Instant> newest(String ticker) {
    return jdbc.sql(
            "SELECT timestamp FROM equity_data WHERE ticker = :ticker ORDER BY timestamp DESC LIMIT"
                + " 1")
        .param("ticker", ticker)
        .query((row, number) -> instant(row, "timestamp"))
        .optional();
  }

  Optional<QuoteView> quote(String ticker) {
    return jdbc.sql(
            """
            SELECT :ticker AS ticker, coalesce(q.last, e.price) AS price, q.bid, q.ask, q.bid_size, q.ask_size,
                   i.sma9, i.vwap, q.quote_time, coalesce(q.trade_time, e.timestamp) AS trade_time
            FROM (SELECT 1) one
            LEFT JOIN quotes q ON q.ticker = :ticker
            LEFT JOIN LATERAL (SELECT timestamp, price FROM equity_data WHERE ticker = :ticker
                               ORDER BY timestamp DESC LIMIT 1) e ON true
            LEFT JOIN indicators i ON i.ticker = :ticker AND i.timestamp = e.timestamp
            WHERE q.ticker IS NOT NULL OR e.timestamp IS NOT NULL
            """)
        .param("ticker", ticker)
        .query(
            (row, number) ->
                new QuoteView(
                    row.getString("ticker"),
                    priceOrNull(row, "price"),
                    priceOrNull(row, "bid"),
                    priceOrNull(row, "ask"),
                    count(row, "bid_size"),
                    count(row, "ask_size"),
                    priceOrNull(row, "sma9"),
                    priceOrNull(row, "vwap"),
                    instantOrNull(row, "quote_time"),
                    instantOrNull(row, "trade_time")))
        .optional();
  }

  /** The latest of each contract that expires from one date to another, both included. */
  List<OptionView> chain(String ticker, LocalDate from, LocalDate to) {
    return jdbc.sql(
            """
            SELECT * FROM option_quotes
            WHERE ticker = :ticker AND expiration_date >= :from::date AND expiration_date <= :to::date
            ORDER BY expiration_date, strike_price, option_type
            """)
        .param("ticker", ticker)
        .param("from", from.toString())
        .param("to", to.toString())
        .query(
            (row, number) ->
                new OptionView(
                    row.getString("ticker"),
                    row.getString("option_symbol"),
                    row.getString("option_type"),
                    price(row, "strike_price"),
                    row.getObject("expiration_date", LocalDate.class),
                    instant(row, "timestamp"),
                    priceOrNull(row, "last_price"),
                    priceOrNull(row, "bid"),
                    priceOrNull(row, "ask"),
                    count(row, "volume"),
                    count(row, "open_interest"),
                    ratio(row, "implied_volatility"),
                    ratio(row, "delta"),
                    ratio(row, "gamma"),
                    ratio(row, "theta"),
                    ratio(row, "vega")))
        .list();
  }

  /** When the newest option row of a ticker is. */
  Optional<Instant> newestOption(String ticker) {
    return jdbc.sql(
            "SELECT timestamp FROM option_quotes WHERE ticker = :ticker ORDER BY timestamp DESC"
                + " LIMIT 1")
        .param("ticker", ticker)
        .query((row, number) -> instant(row, "timestamp"))
        .optional();
  }

  /** Signals in time order, after the one that {@code afterId} names at {@code from}. */
  List<Numbered<SignalView>> signals(
      @Nullable String ticker, Instant from, long afterId, @Nullable Instant to, int count) {
    return jdbc.sql(
            """
            SELECT * FROM trading_signals
            WHERE (:ticker::text IS NULL OR ticker = :ticker) AND timestamp < :to
              AND (timestamp, id) > (:from::timestamptz, :after::bigint)
            ORDER BY timestamp, id
            LIMIT :count
            """)
        .param("ticker", ticker)
        .param("from", Timestamp.from(from))
        .param("after", afterId)
        .param("to", Timestamp.from(orEnd(to)))
        .param("count", count)
        .query((row, number) -> new Numbered<>(row.getLong("id"), signal(row)))
        .list();
  }

  /** The newest signals, in time order. */
  List<SignalView> newestSignals(@Nullable String ticker, @Nullable Instant to, int count) {
    List<SignalView> newestFirst =
        jdbc.sql(
                """
                SELECT * FROM trading_signals
                WHERE (:ticker::text IS NULL OR ticker = :ticker) AND timestamp < :to
                ORDER BY timestamp DESC, id DESC
                LIMIT :count
                """)
            .param("ticker", ticker)
            .param("to", Timestamp.from(orEnd(to)))
            .param("count", count)
            .query((row, number) -> signal(row))
            .list();
    List<SignalView> inOrder = new ArrayList<>(newestFirst);
    java.util.Collections.reverse(inOrder);
    return inOrder;
  }

  /** Signals by the order of their making, after this id. */
  List<Numbered<SignalView>> signalsAfter(long id, int count) {
    return jdbc.sql("SELECT * FROM trading_signals WHERE id > :id ORDER BY id LIMIT :count")
        .param("id", id)
        .param("count", count)
        .query((row, number) -> new Numbered<>(row.getLong("id"), signal(row)))
        .list();
  }

  /** The newest signal's id; 0 for none. */
  long newestSignalId() {
    return jdbc.sql("SELECT coalesce(max(id), 0) FROM trading_signals").query(Long.class).single();
  }

  private static SignalView signal(ResultSet row) throws SQLException {
    return new SignalView(
        row.getString("ticker"),
        instant(row, "timestamp"),
        row.getString("direction"),
        price(row, "price"),
        price(row, "sma9"),
        price(row, "vwap"),
        row.getString("action"));
  }

  private static BarView bar(ResultSet row) throws SQLException {
    return new BarView(
        instant(row, "start"),
        price(row, "open"),
        price(row, "high"),
        price(row, "low"),
        price(row, "close"),
        row.getLong("volume"));
  }

  // PostgreSQL's own end of time is far behind what Java can pass it.
  private static Instant orEnd(@Nullable Instant to) {
    return to == null ? Instant.parse("9999-12-31T23:59:59Z") : to;
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getTimestamp(column).toInstant();
  }

  private static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }

  private static BigDecimal price(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(MarketNumber.price(row.getBigDecimal(column)));
  }

  private static @Nullable BigDecimal priceOrNull(ResultSet row, String column)
      throws SQLException {
    return MarketNumber.price(row.getBigDecimal(column));
  }

  private static @Nullable BigDecimal ratio(ResultSet row, String column) throws SQLException {
    return MarketNumber.ratio(row.getBigDecimal(column));
  }

  private static @Nullable Long count(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  /** A row with its id, which the outside does not see. */
  record Numbered<T>(long id, T value) {}
}
