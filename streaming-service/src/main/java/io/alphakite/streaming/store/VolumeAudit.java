package io.alphakite.streaming.store;

import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.FeedRules;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Compares, about each minute, what the day's volume of a ticker grew by with what its stored rows
 * of that date grew by. Both are written in one transaction, so they can only differ when rows were
 * lost after they had counted.
 *
 * <p>Rows that grew by more are no loss: candles came, or Schwab corrected the volume downwards. At
 * most {@value #TICKERS_A_ROUND} tickers are added up in a round, the others in the next ones.
 */
public final class VolumeAudit implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VolumeAudit.class);
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final int TICKERS_A_ROUND = 100;
  // Trades of before the open are reported late, and move the day's volume without a row.
  private static final Duration AFTER_OPEN = Duration.ofMinutes(5);

  private static final String SUMS =
      """
      SELECT s.ticker, s.trading_date, s.newest_trade,
             s.day_volume + CASE WHEN s.gap_date = s.trading_date THEN s.gap_volume ELSE 0 END AS counted,
             (SELECT coalesce(sum(e.volume), 0) FROM equity_data e
              WHERE e.ticker = s.ticker AND e.timestamp >= :midnight AND e.timestamp < :midnight + interval '1 day')
               AS stored
      FROM streaming.ticker_states s
      WHERE s.trading_date = :date AND s.day_volume IS NOT NULL AND s.ticker > :after
      ORDER BY s.ticker LIMIT :limit
      """;

  private final JdbcClient jdbc;
  private final FeedRules rules;
  private final Report report;
  private final Map<Ticker, Audited> before = new HashMap<>();
  private final Rounds rounds;
  private String after = "";

  /** Told of rows that are missing. */
  @FunctionalInterface
  public interface Report {
    /** Rows of this ticker between these market times were lost. */
    void lost(Ticker ticker, Instant from, Instant to);
  }

  /** Not yet started. */
  public VolumeAudit(JdbcClient jdbc, FeedRules rules, Report report) {
    this.jdbc = jdbc;
    this.rules = rules;
    this.report = report;
    this.rounds = new Rounds("volume-audit", EVERY, this::round, VolumeAudit::failed);
  }

  /** Starts auditing. */
  public void start() {
    rounds.start();
  }

  /** Stops. */
  @Override
  public void close() {
    rounds.close();
  }

  private static void failed(Exception e) {
    log.atWarn()
        .addKeyValue("event", "audit.failed")
        .log("Volumes were not compared: {}", e.getMessage());
  }

  /** Adds up the next tickers of the newest date. */
  void round() {
    LocalDate date =
        jdbc.sql("SELECT max(trading_date) AS date FROM streaming.ticker_states")
            .query((row, number) -> new Newest(row.getObject("date", LocalDate.class)))
            .single()
            .date;
    if (date == null) {
      return;
    }
    List<Audited> sums =
        jdbc.sql(SUMS)
            .param("date", date)
            .param(
                "midnight", rules.calendar().at(date, LocalTime.MIDNIGHT).atOffset(ZoneOffset.UTC))
            .param("after", after)
            .param("limit", TICKERS_A_ROUND)
            .query((row, number) -> audited(row))
            .list();
    after = sums.size() < TICKERS_A_ROUND ? "" : sums.getLast().ticker.symbol();
    for (Audited now : new ArrayList<>(sums)) {
      Audited then = before.put(now.ticker, now);
      if (then != null && then.date.equals(now.date) && settled(then) && settled(now)) {
        compare(then, now);
      }
    }
  }

  private void compare(Audited then, Audited now) {
    long missing = (now.counted - then.counted) - (now.stored - then.stored);
    if (missing > 0) {
      log.atError()
          .addKeyValue("event", "audit.rows_missing")
          .addKeyValue("ticker", now.ticker)
          .addKeyValue("volume", missing)
          .log("The day's volume grew by more than the stored rows");
      report.lost(now.ticker, then.newest, now.newest.plusMillis(1));
    }
  }

  private boolean settled(Audited sums) {
    return rules.calendar().isOpen(sums.newest, rules.hours())
        && rules.calendar().isOpen(sums.newest.minus(AFTER_OPEN), rules.hours());
  }

  private static Audited audited(ResultSet row) throws SQLException {
    return new Audited(
        new Ticker(row.getString("ticker")),
        row.getObject("trading_date", LocalDate.class),
        Objects.requireNonNullElse(FeedStore.instant(row, "newest_trade"), Instant.EPOCH),
        row.getLong("counted"),
        row.getLong("stored"));
  }

  private record Newest(@Nullable LocalDate date) {}

  private record Audited(
      Ticker ticker, LocalDate date, Instant newest, long counted, long stored) {}
}
