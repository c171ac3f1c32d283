package io.alphakite.streaming.store;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.MinuteBar;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The table {@code equity_bars}. A candle takes the place of a bar that was folded from the stream;
 * nothing takes the place of a candle but another candle.
 */
public final class BarTable {
  private static final String WRITE =
      """
      INSERT INTO equity_bars AS old
        (ticker, timestamp, open, high, low, close, volume, source, complete, first_trade, last_trade)
      SELECT ticker, to_timestamp(minute), open * 0.0001, high * 0.0001, low * 0.0001, close * 0.0001, volume, source,
             complete, first_trade, last_trade
      FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[],
                  ?::boolean[], ?::timestamptz[], ?::timestamptz[])
           AS u (ticker, minute, open, high, low, close, volume, source, complete, first_trade, last_trade)
      ON CONFLICT (ticker, timestamp) DO UPDATE
      SET open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
          volume = excluded.volume, source = excluded.source, complete = excluded.complete,
          first_trade = excluded.first_trade, last_trade = excluded.last_trade
      WHERE CASE WHEN excluded.source = 'stream' THEN old.source = 'stream'
            ELSE (old.source, old.open, old.high, old.low, old.close, old.volume) IS DISTINCT FROM
                 (excluded.source, excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume) END
      """;

  private static final String NEWEST =
      """
      SELECT bar.* FROM unnest(:tickers::text[]) AS wanted (ticker)
      CROSS JOIN LATERAL (
        SELECT * FROM equity_bars b WHERE b.ticker = wanted.ticker ORDER BY b.timestamp DESC LIMIT :limit) AS bar
      ORDER BY bar.ticker, bar.timestamp
      """;

  private BarTable() {}

  /** Writes bars within the connection's transaction. */
  static void write(Connection connection, List<MinuteBar> bars) throws SQLException {
    update(connection, bars);
  }

  /**
   * Writes finished candles of one ticker; those with an impossible close are left out.
   *
   * @return how many bars are new or other than before
   */
  public static int writeCandles(Connection connection, Ticker ticker, List<Bar> candles)
      throws SQLException {
    List<MinuteBar> bars =
        candles.stream()
            .flatMap(candle -> Stream.ofNullable(MinuteBar.ofCandle(ticker, candle)))
            .toList();
    return bars.isEmpty() ? 0 : update(connection, bars);
  }

  private static int update(Connection connection, List<MinuteBar> bars) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
      RowWriter.Parameters<MinuteBar> parameters =
          new RowWriter.Parameters<>(connection, statement, bars);
      parameters.text(row -> row.ticker().symbol());
      parameters.bigint(row -> row.bar().start().getEpochSecond());
      parameters.bigint(row -> row.bar().open().e4());
      parameters.bigint(row -> row.bar().high().e4());
      parameters.bigint(row -> row.bar().low().e4());
      parameters.bigint(row -> row.bar().close().e4());
      parameters.bigint(row -> row.bar().volume());
      parameters.text(row -> row.source().name().toLowerCase(Locale.ROOT));
      parameters.nullable("boolean", MinuteBar::complete);
      parameters.time(MinuteBar::firstTrade);
      parameters.time(MinuteBar::lastTrade);
      return statement.executeUpdate();
    }
  }

  /** The newest bars of each ticker, oldest first. */
  static Map<Ticker, List<MinuteBar>> newest(JdbcClient jdbc, String[] tickers, int limit) {
    Map<Ticker, List<MinuteBar>> bars = new HashMap<>();
    jdbc.sql(NEWEST)
        .param("tickers", tickers)
        .param("limit", limit)
        .query((row, number) -> bar(row))
        .list()
        .forEach(bar -> bars.computeIfAbsent(bar.ticker(), _ -> new ArrayList<>()).add(bar));
    return bars;
  }

  private static MinuteBar bar(ResultSet row) throws SQLException {
    return new MinuteBar(
        new Ticker(row.getString("ticker")),
        new Bar(
            Objects.requireNonNull(FeedStore.instant(row, "timestamp")),
            Price.of(row.getBigDecimal("open")),
            Price.of(row.getBigDecimal("high")),
            Price.of(row.getBigDecimal("low")),
            Price.of(row.getBigDecimal("close")),
            row.getLong("volume")),
        MinuteBar.Source.valueOf(row.getString("source").toUpperCase(Locale.ROOT)),
        row.getBoolean("complete"),
        FeedStore.instant(row, "first_trade"),
        FeedStore.instant(row, "last_trade"));
  }
}
