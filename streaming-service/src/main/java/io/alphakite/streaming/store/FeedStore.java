package io.alphakite.streaming.store;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.indicator.SessionVwap;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.ExactSums;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.feed.MinuteBar;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.feed.TickerState;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads back what was written, at the start. */
public final class FeedStore {

  private static final String RECENT =
      """
      SELECT e.ticker, extract(epoch FROM e.timestamp)::bigint AS second, e.price, e.volume, e.source, i.sma9, i.vwap,
             coalesce(i.vwap_volume, 0) AS session_volume, coalesce(i.vwap_rest, 0) AS session_rest, s.gaps, s.vwap_reset, s.vwap_notional_e4, s.vwap_volume, s.average_bar, s.average_period,
             s.average_times, s.average_closes_e4
      FROM unnest(:tickers::text[]) AS wanted (ticker)
      CROSS JOIN LATERAL (
        SELECT * FROM equity_data WHERE equity_data.ticker = wanted.ticker ORDER BY timestamp DESC LIMIT :limit) AS e
      LEFT JOIN indicators i ON i.ticker = e.ticker AND i.timestamp = e.timestamp
      LEFT JOIN streaming.incomplete_rows s ON s.ticker = e.ticker AND s.timestamp = e.timestamp
      ORDER BY e.ticker, e.timestamp
      """;

  private final JdbcClient jdbc;
  private final FeedRules rules;

  /** Reads through this client. */
  public FeedStore(JdbcClient jdbc, FeedRules rules) {
    this.jdbc = jdbc;
    this.rules = rules;
  }

  /** A feed for each ticker, in their order, going on where the stored rows end. */
  public Map<Ticker, TickerFeed> load(Collection<Ticker> tickers) {
    String[] symbols = symbols(tickers);
    Map<Ticker, TickerState> states = new HashMap<>();
    jdbc.sql("SELECT * FROM streaming.ticker_states WHERE ticker = ANY (:tickers)")
        .param("tickers", symbols)
        .query((row, number) -> states.put(new Ticker(row.getString("ticker")), state(row)) == null)
        .list();
    Map<Ticker, List<SecondRow>> recent = new HashMap<>();
    jdbc.sql(RECENT)
        .param("tickers", symbols)
        .param("limit", TickerFeed.RECENT_ROWS)
        .query((row, number) -> row(row))
        .list()
        .forEach(row -> recent.computeIfAbsent(row.ticker(), name -> new ArrayList<>()).add(row));
    Map<Ticker, List<MinuteBar>> bars = BarTable.newest(jdbc, symbols, TickerFeed.RECENT_BARS);
    Map<Ticker, TickerFeed> feeds = new LinkedHashMap<>();
    for (Ticker ticker : tickers) {
      List<SecondRow> rows = recent.getOrDefault(ticker, List.of());
      TickerState state = states.get(ticker);
      if (state == null) {
        state = rowsAlone(rows);
      }
      if (!rows.isEmpty() && !averageFits(state)) {
        state = state.with(averageOfRows(ticker));
      }
      feeds.put(
          ticker, new TickerFeed(ticker, rules, state, rows, bars.getOrDefault(ticker, List.of())));
    }
    return feeds;
  }

  private boolean averageFits(TickerState state) {
    return state.average().bars().equals(rules.bars())
        && state.average().period() == FeedRules.PERIOD
        && !state.average().closes().isEmpty();
  }

  /**
   * The moving average from stored rows, after {@code INDICATOR_BAR} was changed: a bar's close is
   * its newest row's price. Bars of single ticks are not in the rows; they start anew.
   */
  private MovingAverage.State averageOfRows(Ticker ticker) {
    MovingAverage average = new MovingAverage(rules.bars(), FeedRules.PERIOD);
    jdbc.sql(
            """
            SELECT timestamp, price FROM (
              SELECT timestamp, price FROM equity_data WHERE ticker = :ticker ORDER BY timestamp DESC LIMIT :limit)
              AS newest
            ORDER BY timestamp
            """)
        .param("ticker", ticker.symbol())
        // A bar has at most one row a second.
        .param("limit", FeedRules.PERIOD * rules.bars().seconds())
        .query(
            (row, number) ->
                new MovingAverage.Close(
                    row.getObject("timestamp", OffsetDateTime.class).toInstant(),
                    Price.of(row.getBigDecimal("price"))))
        .list()
        .forEach(close -> average.add(close.time(), close.price()));
    return average.state();
  }

  /** Rows without a state: what they cover is not filled again; everything else starts anew. */
  private TickerState rowsAlone(List<SecondRow> rows) {
    TickerState empty = TickerState.empty(rules);
    if (rows.isEmpty()) {
      return empty;
    }
    Instant covered =
        Instant.ofEpochSecond(rows.getLast().second())
            .truncatedTo(ChronoUnit.MINUTES)
            .plus(Duration.ofMinutes(1));
    return new TickerState(
        null, null, false, null, null, covered, null, 0, empty.average(), empty.vwap(), List.of());
  }

  private static TickerState state(ResultSet row) throws SQLException {
    return new TickerState(
        row.getObject("trading_date", LocalDate.class),
        row.getObject("day_volume", Long.class),
        row.getBoolean("continues_previous"),
        instant(row, "newest_trade"),
        price(row.getBigDecimal("last_price")),
        instant(row, "covered_until"),
        row.getObject("gap_date", LocalDate.class),
        row.getLong("gap_volume"),
        average(row),
        vwap(row),
        Holes.decode(row.getString("holes")));
  }

  static SessionVwap.State vwap(ResultSet row) throws SQLException {
    return new SessionVwap.State(
        instant(row, "vwap_reset"),
        row.getBigDecimal("vwap_notional_e4").toBigIntegerExact(),
        row.getLong("vwap_volume"));
  }

  /** The sums of an incomplete row; null of a complete one. */
  static @Nullable ExactSums sums(ResultSet row) throws SQLException {
    Array gaps = row.getArray("gaps");
    if (gaps == null) {
      return null;
    }
    return new ExactSums(
        List.of((UUID[]) gaps.getArray()),
        row.getString("average_bar") == null ? null : average(row),
        vwap(row));
  }

  static MovingAverage.State average(ResultSet row) throws SQLException {
    List<MovingAverage.Close> closes = new ArrayList<>();
    Array times = row.getArray("average_times");
    Array prices = row.getArray("average_closes_e4");
    java.sql.Timestamp[] stamps = (java.sql.Timestamp[]) times.getArray();
    Long[] closesE4 = (Long[]) prices.getArray();
    for (int i = 0; i < stamps.length; i++) {
      closes.add(new MovingAverage.Close(stamps[i].toInstant(), new Price(closesE4[i])));
    }
    return new MovingAverage.State(
        MovingAverage.Bars.parse(row.getString("average_bar")),
        row.getInt("average_period"),
        closes);
  }

  private static SecondRow row(ResultSet row) throws SQLException {
    return new SecondRow(
        new Ticker(row.getString("ticker")),
        row.getLong("second"),
        Price.of(row.getBigDecimal("price")),
        row.getLong("volume"),
        optional(row.getBigDecimal("sma9")),
        optional(row.getBigDecimal("vwap")),
        SecondRow.Source.valueOf(row.getString("source").toUpperCase(Locale.ROOT)),
        sums(row),
        row.getLong("session_volume"),
        row.getLong("session_rest"));
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static @Nullable Price price(@Nullable BigDecimal dollars) {
    return dollars == null ? null : Price.of(dollars);
  }

  static OptionalLong optional(@Nullable BigDecimal dollars) {
    return dollars == null ? OptionalLong.empty() : OptionalLong.of(Price.of(dollars).e4());
  }

  private static String[] symbols(Collection<Ticker> tickers) {
    Set<String> symbols = new TreeSet<>();
    tickers.forEach(ticker -> symbols.add(ticker.symbol()));
    return symbols.toArray(String[]::new);
  }
}
