package io.alphakite.streaming.store;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.streaming.watch.FeedReport;
import io.alphakite.streaming.watch.FeedState;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes what the feed is now, for the engine, the gateway and a person. Used by one thread. */
public final class FeedStateStore {

  private final JdbcClient jdbc;
  private @Nullable FeedState told;
  private @Nullable Map<Ticker, FeedReport.Silent> toldTickers;
  private boolean toldBlocking;

  public FeedStateStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Renews the feed's row, and the tickers' rows when they changed.
   *
   * @param blocking whether prices must not be traded on, for whatever reason
   */
  public void write(FeedReport report, boolean blocking, String message) {
    jdbc.sql(
            """
            INSERT INTO feed_states (ticker, state, blocking, since, message, hint)
            VALUES ('*', :state, :blocking, :since, :message, :hint)
            ON CONFLICT (ticker) DO UPDATE
            SET state = excluded.state, blocking = excluded.blocking, since = excluded.since,
                message = excluded.message, hint = excluded.hint, seen_at = now()
            """)
        .param("state", report.state().label())
        .param("blocking", blocking)
        .param("since", OffsetDateTime.ofInstant(report.since(), ZoneOffset.UTC))
        .param("message", message)
        .param("hint", report.hint(), java.sql.Types.VARCHAR)
        .update();
    if (!report.tickers().equals(toldTickers)) {
      tickers(report.tickers());
      toldTickers = report.tickers();
    }
    if (report.state() != told || blocking != toldBlocking) {
      Notifications.send(jdbc, Channel.FEED_STATES, "");
      told = report.state();
      toldBlocking = blocking;
    }
  }

  /** The newest tick that is committed, of any ticker; safe for any thread. */
  public Optional<Instant> newestTick() {
    return jdbc.sql("SELECT max(newest_trade) AS newest FROM streaming.ticker_states")
        .query((row, number) -> Optional.ofNullable(row.getTimestamp("newest")))
        .single()
        .map(Timestamp::toInstant);
  }

  private void tickers(Map<Ticker, FeedReport.Silent> silences) {
    List<Map.Entry<Ticker, FeedReport.Silent>> entries = List.copyOf(silences.entrySet());
    String[] names = texts(entries, entry -> entry.getKey().symbol());
    jdbc.sql("DELETE FROM feed_states WHERE ticker <> '*' AND NOT ticker = ANY (:tickers)")
        .param("tickers", names)
        .update();
    jdbc.sql(
            """
            INSERT INTO feed_states AS old (ticker, state, blocking, since, message)
            SELECT ticker, state, state <> 'quiet', since::timestamptz, message
            FROM unnest(:tickers::text[], :states::text[], :since::text[], :messages::text[])
                 AS u (ticker, state, since, message)
            ON CONFLICT (ticker) DO UPDATE
            SET state = excluded.state, blocking = excluded.blocking, since = excluded.since,
                message = excluded.message, seen_at = now()
            WHERE old.state <> excluded.state OR old.since <> excluded.since
            """)
        .param("tickers", names)
        .param("states", texts(entries, entry -> entry.getValue().kind().label()))
        .param("since", texts(entries, entry -> entry.getValue().since().toString()))
        .param(
            "messages",
            texts(
                entries,
                entry ->
                    switch (entry.getValue().kind()) {
                      case HALTED -> "Trading in it is halted.";
                      case SILENT -> "It is silent while others flow: perhaps halted.";
                      case QUIET -> "It trades rarely.";
                    }))
        .update();
  }

  private static <T> String[] texts(List<T> items, Function<T, String> text) {
    return items.stream().map(text).toArray(String[]::new);
  }
}
