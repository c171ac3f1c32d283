package io.alphakite.streaming.store;

import io.alphakite.model.market.Ticker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table of tickers: what is wanted, and how each stands, which this service alone says. */
public final class TickerTable {
  private final JdbcClient jdbc;

  /** Reads and writes through this client. */
  public TickerTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * How a ticker stands.
   *
   * @param streamed whether orders may count on its quotes
   * @param status {@code waiting}, {@code streaming}, {@code refused} or {@code removed}
   */
  public record Standing(boolean streamed, String status, @Nullable String reason) {}

  /** Stores what {@code STREAM_TICKERS} names; what people said stays. */
  public void setting(Collection<Ticker> tickers) {
    jdbc.sql(
            """
            WITH named AS (SELECT unnest(:tickers::text[]) AS ticker),
            others AS (
              UPDATE tickers SET in_setting = false, updated_at = now()
              WHERE in_setting AND ticker NOT IN (SELECT ticker FROM named))
            INSERT INTO tickers AS old (ticker, in_setting) SELECT ticker, true FROM named
            ON CONFLICT (ticker) DO UPDATE SET in_setting = true, updated_at = now() WHERE NOT old.in_setting
            """)
        .param("tickers", tickers.stream().map(Ticker::symbol).toArray(String[]::new))
        .update();
  }

  /**
   * A symbol to stream.
   *
   * @param held whether nobody wants it any more, but a position or an open order is in it
   */
  public record Wish(String symbol, boolean held) {}

  /**
   * The symbols to stream: those held first, since they can be exited by their quotes alone, then
   * those of the setting, then the oldest wishes.
   */
  public List<Wish> wanted() {
    return jdbc.sql(
            """
            SELECT ticker, NOT wanted AS held FROM tickers
            WHERE wanted OR ticker IN (SELECT tickers_in_use())
            ORDER BY wanted, in_setting DESC, coalesce(wished_at, added_at), ticker
            """)
        .query((row, number) -> new Wish(row.getString("ticker"), row.getBoolean("held")))
        .list();
  }

  /** Says how these stand. */
  public void report(Map<String, Standing> standings) {
    List<String> symbols = new ArrayList<>(standings.size());
    List<Boolean> streamed = new ArrayList<>(standings.size());
    List<String> statuses = new ArrayList<>(standings.size());
    List<@Nullable String> reasons = new ArrayList<>(standings.size());
    standings.forEach(
        (symbol, standing) -> {
          symbols.add(symbol);
          streamed.add(standing.streamed());
          statuses.add(standing.status());
          reasons.add(standing.reason());
        });
    jdbc.sql(
            """
            UPDATE tickers t SET streamed = u.streamed, status = u.status, reason = u.reason, updated_at = now()
            FROM unnest(:symbols::text[], :streamed::boolean[], :statuses::text[], :reasons::text[])
                 AS u (ticker, streamed, status, reason)
            WHERE t.ticker = u.ticker
              AND (t.streamed, t.status, t.reason) IS DISTINCT FROM (u.streamed, u.status, u.reason)
            """)
        .param("symbols", symbols.toArray(String[]::new))
        .param("streamed", streamed.toArray(Boolean[]::new))
        .param("statuses", statuses.toArray(String[]::new))
        .param("reasons", reasons.toArray(new @Nullable String[0]))
        .update();
  }

  /** Says of all others that they are not streamed. */
  public void reportOthersRemoved(Collection<Ticker> streamed) {
    jdbc.sql(
            """
            UPDATE tickers SET streamed = false, status = 'removed', reason = NULL, updated_at = now()
            WHERE (streamed OR status <> 'removed') AND ticker <> ALL (:tickers::text[])
            """)
        .param("tickers", streamed.stream().map(Ticker::symbol).toArray(String[]::new))
        .update();
  }
}
