package io.alphakite.suite.download;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.suite.backfill.Interval;
import io.alphakite.suite.backfill.SessionFill;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Candles in the table {@code candles}; those of minutes also go where {@link SessionFill} puts
 * them: rows of minutes without one, indicators, bars. Dates that are not over are left to the
 * streaming service.
 */
final class TableStore implements CandleStore {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();

  private static final String MISSING =
      """
      SELECT wanted.date FROM unnest(?::date[]) AS wanted (date)
      WHERE NOT EXISTS (
        SELECT FROM candle_coverage c
        WHERE c.ticker = ? AND c.bar = ? AND c.extended = ? AND c.dates @> wanted.date)
      ORDER BY wanted.date
      """;

  private static final String CANDLES =
      """
      INSERT INTO candles AS stored (ticker, bar, timestamp, open, high, low, close, volume)
      SELECT ?, ?, * FROM unnest(
        ?::timestamptz[], ?::numeric[], ?::numeric[], ?::numeric[], ?::numeric[], ?::bigint[])
      ON CONFLICT (ticker, bar, timestamp) DO UPDATE
      SET open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
          volume = excluded.volume
      WHERE (stored.open, stored.high, stored.low, stored.close, stored.volume)
        IS DISTINCT FROM (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)
      """;

  private static final String COVERED =
      """
      INSERT INTO candle_coverage AS covered (ticker, bar, extended, dates)
      SELECT ?, ?, ?, range_agg(daterange(date, date, '[]')) FROM unnest(?::date[]) AS date
      ON CONFLICT (ticker, bar, extended) DO UPDATE SET dates = covered.dates + excluded.dates
      """;

  private final Connection connection;
  private final HistoryInterval interval;
  private final boolean extended;
  private final SessionFill fill;
  private int rowsAdded;

  /**
   * Writes through this connection, as {@code kite_streamer}, and closes it.
   *
   * @param hours outside which there are no rows
   */
  TableStore(
      Connection connection, HistoryInterval interval, boolean extended, TradingHours hours) {
    this.connection = connection;
    this.interval = interval;
    this.extended = extended;
    this.fill = new SessionFill(connection, hours, false);
  }

  @Override
  public List<LocalDate> missing(Ticker ticker, List<LocalDate> sessions) throws SQLException {
    List<LocalDate> missing = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(MISSING)) {
      query.setArray(1, dates(sessions));
      query.setString(2, ticker.symbol());
      query.setString(3, interval.label());
      query.setBoolean(4, extended);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          missing.add(rows.getObject(1, LocalDate.class));
        }
      }
    }
    return missing;
  }

  @Override
  public int store(Ticker ticker, List<Bar> bars, List<LocalDate> finished) throws SQLException {
    if (bars.isEmpty()) {
      return 0;
    }
    if (interval == HistoryInterval.M1) {
      fill.makeRoom(bars);
    }
    connection.setAutoCommit(false);
    try {
      int stored = candles(ticker, bars);
      if (interval == HistoryInterval.M1) {
        rowsAdded += rows(ticker, bars, finished);
      }
      if (!finished.isEmpty()) {
        try (PreparedStatement covered = connection.prepareStatement(COVERED)) {
          covered.setString(1, ticker.symbol());
          covered.setString(2, interval.label());
          covered.setBoolean(3, extended);
          covered.setArray(4, dates(finished));
          covered.executeUpdate();
        }
      }
      connection.commit();
      return stored;
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  @Override
  public int rowsAdded() {
    return rowsAdded;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private int candles(Ticker ticker, List<Bar> bars) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(CANDLES)) {
      insert.setString(1, ticker.symbol());
      insert.setString(2, interval.label());
      insert.setArray(3, times(bars));
      insert.setArray(4, prices(bars.stream().map(bar -> bar.open().toBigDecimal()).toList()));
      insert.setArray(5, prices(bars.stream().map(bar -> bar.high().toBigDecimal()).toList()));
      insert.setArray(6, prices(bars.stream().map(bar -> bar.low().toBigDecimal()).toList()));
      insert.setArray(7, prices(bars.stream().map(bar -> bar.close().toBigDecimal()).toList()));
      insert.setArray(8, volumes(bars));
      return insert.executeUpdate();
    }
  }

  private int rows(Ticker ticker, List<Bar> bars, List<LocalDate> finished) throws SQLException {
    int added = 0;
    for (LocalDate date : finished) {
      List<Bar> ofDate =
          bars.stream().filter(bar -> CALENDAR.dateOf(bar.start()).equals(date)).toList();
      added += fill.fill(ticker, date, ofDate, Interval.ALL).rowsAdded();
    }
    return added;
  }

  private java.sql.Array times(List<Bar> bars) throws SQLException {
    return connection.createArrayOf(
        "timestamptz",
        bars.stream()
            .map(bar -> OffsetDateTime.ofInstant(bar.start(), ZoneOffset.UTC).toString())
            .toArray());
  }

  private java.sql.Array prices(List<BigDecimal> prices) throws SQLException {
    return connection.createArrayOf("numeric", prices.toArray());
  }

  private java.sql.Array volumes(List<Bar> bars) throws SQLException {
    return connection.createArrayOf("bigint", bars.stream().map(Bar::volume).toArray());
  }

  private java.sql.Array dates(List<LocalDate> dates) throws SQLException {
    return connection.createArrayOf("date", dates.stream().map(Date::valueOf).toArray());
  }
}
