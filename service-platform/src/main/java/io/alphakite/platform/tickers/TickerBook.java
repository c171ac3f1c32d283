package io.alphakite.platform.tickers;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.tickers.TickerEntry.Source;
import io.alphakite.platform.tickers.TickerEntry.Status;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Adds and removes tickers for a person. A person's word goes before {@code STREAM_TICKERS} until a
 * person changes it; the streaming service is woken and acts on it, or does so at its next start.
 */
public final class TickerBook {
  /** What Schwab takes of one service on one connection. */
  public static final int TICKERS_MAX = 3_000;

  /** What a person should know who removed a ticker with something open in it. */
  public static final String IN_USE_WARNING =
      "There is a position or an open order in it: it is streamed until both are gone, so that it"
          + " can be exited; no order that adds risk is taken in it.";

  // Rows are never deleted, so that whoever adds and removes at random meets an end.
  private static final int ROWS_MAX = 20_000;

  private static final String SELECT =
      """
      SELECT ticker, wanted, streamed, wish, in_setting, reason, coalesce(wished_at, added_at) AS since,
             CASE WHEN wanted THEN CASE WHEN status = 'removed' THEN 'waiting' ELSE status END
                  WHEN streamed THEN 'leaving' ELSE 'removed' END AS standing
      FROM tickers
      """;

  private static final String IN_USE =
      """
      (EXISTS (SELECT 1 FROM positions p WHERE p.ticker = :ticker AND p.quantity <> 0)
       OR EXISTS (SELECT 1 FROM trades o WHERE o.ticker = :ticker
                  AND o.status NOT IN ('filled', 'canceled', 'rejected', 'expired')))
      """;

  private final JdbcClient jdbc;
  private final InstantSource clock;
  private final int tickersMax;

  /**
   * Reads and writes as a role that may do what the gateway may.
   *
   * @param tickersMax {@code STREAM_TICKERS_MAX}
   */
  public TickerBook(JdbcClient jdbc, InstantSource clock, int tickersMax) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.tickersMax = tickersMax;
  }

  /** {@code STREAM_TICKERS_MAX}: how many tickers may be wanted. */
  public static int tickersMax(Settings settings) {
    return settings.integer("STREAM_TICKERS_MAX", TICKERS_MAX, 1, TICKERS_MAX);
  }

  /** What came of a wish. */
  public enum Outcome {
    /** The wish is stored. */
    DONE,
    /** It is so already. */
    UNCHANGED,
    /** As many as may be are wanted already. */
    TOO_MANY,
    /** There is a position or an open order in it, and nobody forced it. */
    IN_USE,
    /** It was never wanted. */
    UNKNOWN
  }

  /** All that are wanted or streamed, and those of the setting that a person took away. */
  public List<TickerEntry> list() {
    return jdbc.sql(SELECT + "WHERE wanted OR streamed OR in_setting ORDER BY ticker")
        .query((row, number) -> entry(row))
        .list();
  }

  /** One ticker, whatever became of it; empty when it was never wanted. */
  public Optional<TickerEntry> find(Ticker ticker) {
    return jdbc.sql(SELECT + "WHERE ticker = :ticker")
        .param("ticker", ticker.symbol())
        .query((row, number) -> entry(row))
        .optional();
  }

  /** Wants it: {@code DONE}, {@code UNCHANGED} or {@code TOO_MANY}. */
  public Outcome add(Ticker ticker) {
    int changed =
        jdbc.sql(
                """
                INSERT INTO tickers AS old (ticker, wish, wished_at)
                SELECT :ticker, 'added', :now
                WHERE (SELECT count(*) FROM tickers WHERE wanted AND ticker <> :ticker) < :max
                  AND (SELECT count(*) FROM tickers WHERE ticker <> :ticker) < :rows
                ON CONFLICT (ticker) DO UPDATE SET wish = 'added', wished_at = excluded.wished_at
                WHERE NOT old.wanted
                """)
            .param("ticker", ticker.symbol())
            .param("now", now())
            .param("max", tickersMax)
            .param("rows", ROWS_MAX)
            .update();
    if (changed > 0) {
      wake(ticker);
      return Outcome.DONE;
    }
    return find(ticker).filter(TickerEntry::wanted).isPresent()
        ? Outcome.UNCHANGED
        : Outcome.TOO_MANY;
  }

  /**
   * Wants it no longer: {@code DONE}, {@code UNCHANGED}, {@code IN_USE} or {@code UNKNOWN}.
   *
   * @param force also with a position or an open order in it
   */
  public Outcome remove(Ticker ticker, boolean force) {
    int changed =
        jdbc.sql(
                "UPDATE tickers SET wish = 'removed', wished_at = :now"
                    + " WHERE ticker = :ticker AND wanted AND (:force OR NOT "
                    + IN_USE
                    + ")")
            .param("ticker", ticker.symbol())
            .param("now", now())
            .param("force", force)
            .update();
    if (changed > 0) {
      wake(ticker);
      return Outcome.DONE;
    }
    Optional<TickerEntry> stands = find(ticker);
    if (stands.isEmpty()) {
      return Outcome.UNKNOWN;
    }
    return stands.get().wanted() ? Outcome.IN_USE : Outcome.UNCHANGED;
  }

  /** Whether there is a position or an open order in it. */
  public boolean inUse(Ticker ticker) {
    return jdbc.sql("SELECT " + IN_USE)
        .param("ticker", ticker.symbol())
        .query(Boolean.class)
        .single();
  }

  private void wake(Ticker ticker) {
    Notifications.send(jdbc, Channel.TICKERS, ticker.symbol());
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }

  private static TickerEntry entry(ResultSet row) throws SQLException {
    return new TickerEntry(
        new Ticker(row.getString("ticker")),
        row.getBoolean("wanted"),
        row.getBoolean("streamed"),
        Status.valueOf(row.getString("standing").toUpperCase(Locale.ROOT)),
        row.getString("wish") == null ? Source.SETTING : Source.PERSON,
        row.getBoolean("in_setting"),
        row.getString("reason"),
        row.getObject("since", OffsetDateTime.class).toInstant());
  }
}
