package io.alphakite.streaming.quarantine;

import io.alphakite.model.market.Price;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was kept out to {@code streaming.quarantine}, now and then and of its own: nothing
 * waits for it, and what cannot be written waits in the {@link Quarantine}. The newest {@link
 * #ROWS_MAX} rows are kept.
 */
public final class QuarantineStore implements AutoCloseable {

  static final int ROWS_MAX = 10_000;

  private static final Logger log = LoggerFactory.getLogger(QuarantineStore.class);
  private static final Duration EVERY = Duration.ofSeconds(2);

  private final Quarantine quarantine;
  private final DataSource database;
  private @Nullable Thread thread;

  public QuarantineStore(Quarantine quarantine, DataSource database) {
    this.quarantine = quarantine;
    this.database = database;
  }

  /** Begins to write. */
  public void start() {
    thread = Thread.ofVirtual().name("quarantine").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(EVERY);
        write();
      }
    } catch (InterruptedException _) {
      // The service stops.
      write();
    }
  }

  /** Writes what waits. */
  void write() {
    List<Quarantined> taken = quarantine.drain();
    if (taken.isEmpty()) {
      return;
    }
    try (Connection connection = database.getConnection()) {
      insert(connection, taken);
      trim(connection);
    } catch (SQLException e) {
      quarantine.restore(taken);
      log.atWarn()
          .addKeyValue("event", "quarantine.not_written")
          .addKeyValue("rows", taken.size())
          .log("What was quarantined could not be written yet: {}", e.getMessage());
    }
  }

  private static void insert(Connection connection, List<Quarantined> rows) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO streaming.quarantine (ticker, at, received_at, reason, last, bid, ask, volume, last_before)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      for (Quarantined row : rows) {
        insert.setString(1, row.ticker().symbol());
        insert.setObject(2, utc(row.at()));
        insert.setObject(3, utc(row.receivedAt()));
        insert.setString(4, row.reason().label());
        price(insert, 5, row.last());
        price(insert, 6, row.bid());
        price(insert, 7, row.ask());
        insert.setObject(8, row.volume(), java.sql.Types.BIGINT);
        price(insert, 9, row.before());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static void trim(Connection connection) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM streaming.quarantine WHERE id <= (SELECT max(id) FROM"
                + " streaming.quarantine) - ?")) {
      delete.setLong(1, ROWS_MAX);
      delete.executeUpdate();
    }
  }

  private static OffsetDateTime utc(Instant time) {
    return OffsetDateTime.ofInstant(time, ZoneOffset.UTC);
  }

  private static void price(PreparedStatement statement, int index, @Nullable Price price)
      throws SQLException {
    statement.setBigDecimal(index, price == null ? null : price.toBigDecimal());
  }

  @Override
  public void close() {
    Thread running = thread;
    if (running == null) {
      return;
    }
    running.interrupt();
    try {
      running.join(EVERY);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
