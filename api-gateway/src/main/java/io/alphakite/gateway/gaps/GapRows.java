package io.alphakite.gateway.gaps;

import io.alphakite.gateway.web.Cursor;
import io.alphakite.gateway.web.MarketNumber;
import io.alphakite.gateway.web.Page;
import io.alphakite.model.market.Ticker;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the ledger from the database. */
@Repository
class GapRows {
  private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");
  private static final Cursor.Place NEWEST = new Cursor.Place(END, new UUID(-1, -1));

  private final JdbcClient jdbc;

  GapRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Entries that overlap [from, to), the newest first. */
  Page<GapView> page(
      @Nullable Ticker ticker,
      @Nullable String state,
      @Nullable Instant from,
      @Nullable Instant to,
      int limit,
      @Nullable String cursor) {
    Cursor.Place before = cursor == null ? NEWEST : Cursor.place(cursor);
    List<GapView> found =
        jdbc.sql(
                """
                SELECT * FROM data_gaps
                WHERE (:ticker::text IS NULL OR ticker = :ticker) AND (:state::text IS NULL OR state = :state)
                  AND starts_at < :to AND (ends_at IS NULL OR ends_at > :from)
                  AND (starts_at, id) < (:before::timestamptz, :beforeId::uuid)
                ORDER BY starts_at DESC, id DESC
                LIMIT :count
                """)
            .param("ticker", ticker == null ? null : ticker.symbol())
            .param("state", state)
            .param("from", Timestamp.from(from == null ? Instant.EPOCH : from))
            .param("to", Timestamp.from(to == null ? END : to))
            .param("before", Timestamp.from(before.time()))
            .param("beforeId", before.id())
            .param("count", limit + 1)
            .query((row, number) -> gap(row))
            .list();
    return Page.of(found, limit, last -> Cursor.of(last.from(), last.id()));
  }

  private static GapView gap(ResultSet row) throws SQLException {
    return new GapView(
        row.getObject("id", UUID.class),
        row.getString("ticker"),
        row.getTimestamp("starts_at").toInstant(),
        instant(row.getTimestamp("ends_at")),
        row.getString("cause"),
        row.getString("state"),
        row.getTimestamp("opened_at").toInstant(),
        instant(row.getTimestamp("closed_at")),
        row.getInt("attempts"),
        row.getInt("candles"),
        row.getLong("volume"),
        MarketNumber.price(row.getBigDecimal("sma9_before")),
        MarketNumber.price(row.getBigDecimal("sma9_after")),
        MarketNumber.price(row.getBigDecimal("vwap_before")),
        MarketNumber.price(row.getBigDecimal("vwap_after")),
        row.getString("note"));
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }
}
