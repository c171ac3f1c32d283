package io.alphakite.suite.backfill;

import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.store.GapStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Gaps of today whose candles did not come: opens them again in the ledger, for the streaming
 * service to ask once more and to restate exactly, from the sums that it holds.
 */
final class TodaysGaps {
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private static final String OPEN =
      """
      UPDATE data_gaps SET state = 'open', closed_at = NULL, attempts = 0, note = ?
      WHERE ticker = ? AND state = 'unavailable' AND starts_at >= ? AND ends_at <= ?
      RETURNING id
      """;

  private static final String STATES = "SELECT ticker, state FROM data_gaps WHERE id = ANY (?)";

  private final Connection connection;
  private final Duration patience;

  /**
   * What became of a ticker's gaps.
   *
   * @param waiting not yet taken up by the streaming service
   */
  record Result(int asked, int repaired, int unavailable, int waiting) {
    static final Result NOTHING = new Result(0, 0, 0, 0);

    Result plus(String state) {
      return new Result(
          asked + 1,
          repaired + (state.equals("repaired") ? 1 : 0),
          unavailable + (state.equals("unavailable") ? 1 : 0),
          waiting + (state.equals("open") ? 1 : 0));
    }
  }

  /** Told how far it is. */
  interface Progress {
    void at(long done, long total, String detail);
  }

  TodaysGaps(Connection connection, Duration patience) {
    this.connection = connection;
    this.patience = patience;
  }

  /** Opens the gaps that lie in this interval, and waits for what becomes of them. */
  Map<Ticker, Result> ask(List<Ticker> tickers, Interval interval, Progress progress)
      throws SQLException {
    List<UUID> opened = new java.util.ArrayList<>();
    try (PreparedStatement open = connection.prepareStatement(OPEN)) {
      for (Ticker ticker : tickers) {
        open.setString(1, GapStore.ASKED_FOR);
        open.setString(2, ticker.symbol());
        open.setObject(3, interval.from().atOffset(ZoneOffset.UTC));
        open.setObject(4, interval.to().atOffset(ZoneOffset.UTC));
        try (ResultSet rows = open.executeQuery()) {
          while (rows.next()) {
            opened.add(rows.getObject(1, UUID.class));
          }
        }
      }
    }
    connection.commit();
    long end = System.nanoTime() + patience.toNanos();
    Map<Ticker, Result> results = states(opened);
    while (waiting(results) > 0 && System.nanoTime() - end < 0) {
      progress.at(opened.size() - waiting(results), opened.size(), "");
      try {
        Thread.sleep(LOOK_EVERY);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return results;
      }
      results = states(opened);
    }
    return results;
  }

  private static long waiting(Map<Ticker, Result> results) {
    return results.values().stream().mapToLong(Result::waiting).sum();
  }

  private Map<Ticker, Result> states(List<UUID> ids) throws SQLException {
    Map<Ticker, Result> results = new LinkedHashMap<>();
    try (PreparedStatement query = connection.prepareStatement(STATES)) {
      query.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          String state = rows.getString(2);
          results.compute(
              new Ticker(rows.getString(1)),
              (_, sum) -> (sum == null ? Result.NOTHING : sum).plus(state));
        }
      }
    }
    // Each look is a transaction of its own.
    connection.commit();
    return results;
  }
}
