package io.alphakite.gateway.stream;

import io.alphakite.gateway.stream.StreamMessages.Tick;
import io.alphakite.gateway.web.MarketNumber;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The newest of each ticker, as a price message shows it. */
@Repository
class PriceRows {
  private final JdbcClient jdbc;

  PriceRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The tickers streamed now. */
  List<String> streamed() {
    return jdbc.sql("SELECT ticker FROM tickers WHERE streamed UNION SELECT ticker FROM quotes")
        .query(String.class)
        .list();
  }

  /** The newest second of each ticker that has one, and its quote. */
  List<Tick> newest(Collection<String> tickers) {
    if (tickers.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            SELECT t.ticker, e.timestamp, e.price, e.volume, i.sma9, i.vwap, q.bid, q.ask
            FROM unnest(:tickers::text[]) AS t (ticker)
            CROSS JOIN LATERAL (SELECT timestamp, price, volume FROM equity_data WHERE ticker = t.ticker
                                ORDER BY timestamp DESC LIMIT 1) e
            LEFT JOIN indicators i ON i.ticker = t.ticker AND i.timestamp = e.timestamp
            LEFT JOIN quotes q ON q.ticker = t.ticker
            ORDER BY t.ticker
            """)
        .param("tickers", tickers.toArray(String[]::new))
        .query(
            (row, number) ->
                new Tick(
                    row.getString("ticker"),
                    row.getTimestamp("timestamp").toInstant(),
                    Objects.requireNonNull(MarketNumber.price(row.getBigDecimal("price"))),
                    row.getLong("volume"),
                    MarketNumber.price(row.getBigDecimal("sma9")),
                    MarketNumber.price(row.getBigDecimal("vwap")),
                    MarketNumber.price(row.getBigDecimal("bid")),
                    MarketNumber.price(row.getBigDecimal("ask"))))
        .list();
  }
}
