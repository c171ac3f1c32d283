package io.alphakite.benchmarks.feed;

import io.alphakite.db.DatabaseUrl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * The database's own limit: the very rows that the pipeline wrote, copied as text into equal
 * tables, in one transaction, with nobody to compute them.
 */
final class CopyLimit implements Contestant {
  private final Connection database;
  private final CopyManager copy;

  CopyLimit(DatabaseUrl owner) throws SQLException {
    this.database = owner.connect();
    database.setAutoCommit(false);
    this.copy = database.unwrap(PGConnection.class).getCopyAPI();
  }

  @Override
  public String name() {
    return "COPY of the same rows";
  }

  @Override
  public long run(TickTape.Stretch stretch) throws IOException, SQLException {
    Instant from = second(stretch.ticks().getFirst().tradeTime());
    Instant to = second(stretch.ticks().getLast().tradeTime()).plusSeconds(1);
    byte[] prices = rows("ticker, timestamp, price, volume, source", "equity_data", from, to);
    byte[] indicators = rows("ticker, timestamp, sma9, vwap", "indicators", from, to);
    database.commit();
    long start = System.nanoTime();
    long copied =
        copy.copyIn(
            "COPY bench.copy_equity_data (ticker, timestamp, price, volume, source) FROM STDIN",
            new java.io.ByteArrayInputStream(prices));
    copy.copyIn(
        "COPY bench.copy_indicators (ticker, timestamp, sma9, vwap) FROM STDIN",
        new java.io.ByteArrayInputStream(indicators));
    database.commit();
    long took = System.nanoTime() - start;
    if (copied != stretch.ticks().size()) {
      throw new IOException(copied + " rows of " + stretch.ticks().size() + " ticks");
    }
    return took;
  }

  @Override
  public void close() throws IOException {
    try {
      database.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private byte[] rows(String columns, String table, Instant from, Instant to)
      throws SQLException, IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    copy.copyOut(
        "COPY (SELECT %s FROM %s WHERE timestamp >= '%s' AND timestamp < '%s') TO STDOUT"
            .formatted(columns, table, from, to),
        text);
    return text.toByteArray();
  }

  private static Instant second(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }
}
