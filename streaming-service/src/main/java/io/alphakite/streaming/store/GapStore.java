package io.alphakite.streaming.store;

import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.Repair;
import io.alphakite.streaming.gap.GapEntry;
import io.alphakite.streaming.gap.GapState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the gap ledger, at the start. */
public final class GapStore {
  /** The note of an entry that is opened again from outside. */
  public static final String ASKED_FOR = "asked for by ./kite backfill";

  private final JdbcClient jdbc;

  /** Reads through this client. */
  public GapStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The entries that are open. */
  public List<GapEntry> open() {
    return jdbc.sql("SELECT * FROM data_gaps WHERE state = 'open' ORDER BY ticker, starts_at")
        .query((row, number) -> entry(row))
        .list();
  }

  /**
   * An entry whose candles a person wants asked for once more.
   *
   * @param version of the row in the table: another one after each change
   */
  record Asked(GapEntry entry, String version) {}

  /** The entries of which a person wants the candles asked for once more. */
  List<Asked> askedFor() {
    return jdbc.sql(
            "SELECT *, xmin::text AS version FROM data_gaps WHERE state = 'open' AND attempts = 0"
                + " AND note = :note ORDER BY ticker, starts_at")
        .param("note", ASKED_FOR)
        .query((row, number) -> new Asked(entry(row), row.getString("version")))
        .list();
  }

  /** The newest event stored, up to which the stream was complete; null when there is none. */
  public @Nullable Instant newestEvent() {
    return jdbc.sql("SELECT feed_time() AS newest")
        .query((row, number) -> new Newest(FeedStore.instant(row, "newest")))
        .single()
        .time;
  }

  private static GapEntry entry(ResultSet row) throws SQLException {
    return new GapEntry(
        row.getObject("id", UUID.class),
        new Ticker(row.getString("ticker")),
        time(row, "starts_at"),
        FeedStore.instant(row, "ends_at"),
        row.getString("cause"),
        GapState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        time(row, "opened_at"),
        FeedStore.instant(row, "closed_at"),
        row.getInt("attempts"),
        row.getInt("candles"),
        row.getLong("volume"),
        values(row, "before"),
        values(row, "after"),
        row.getString("note"),
        null);
  }

  private static Repair.Values values(ResultSet row, String when) throws SQLException {
    return new Repair.Values(
        FeedStore.optional(row.getBigDecimal("sma9_" + when)),
        FeedStore.optional(row.getBigDecimal("vwap_" + when)));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(row.getObject(column, OffsetDateTime.class)).toInstant();
  }

  private record Newest(@Nullable Instant time) {}
}
