package io.alphakite.streaming.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the monthly partitions before the first row of a month is written, and ahead of time.
 *
 * <p>When the database refuses, the rows go to the default partition and it is tried again later: a
 * missing partition never loses a row. An object is used by one thread.
 */
public final class Partitions {
  private static final Logger log = LoggerFactory.getLogger(Partitions.class);
  private static final Duration AHEAD = Duration.ofDays(14);
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final Set<YearMonth> made = new HashSet<>();
  private long retryAtNanos;
  private boolean refused;

  /** Makes the partition for this time, and for two weeks later. */
  void ensure(Connection connection, Instant time) throws SQLException {
    Instant ahead = time.plus(AHEAD);
    if (made.contains(month(time)) && made.contains(month(ahead))) {
      return;
    }
    if (refused && System.nanoTime() - retryAtNanos < 0) {
      return;
    }
    try {
      make(connection, time, ahead);
      refused = false;
      made.add(month(time));
      made.add(month(ahead));
    } catch (SQLException e) {
      if (!connection.isValid(2)) {
        throw e;
      }
      refused = true;
      retryAtNanos = System.nanoTime() + RETRY.toNanos();
      log.atWarn()
          .addKeyValue("event", "partitions.refused")
          .addKeyValue("month", month(time))
          .log("Rows go to the default partition for now: {}", e.getMessage());
    }
  }

  /**
   * Makes the months of this span where they are missing, each table in a transaction of its own:
   * no lock on one is held while another is waited for. Ends the connection's transaction first.
   *
   * @return how many partitions that were
   */
  public static int make(Connection connection, Instant first, Instant last) throws SQLException {
    return eachTable(
        connection,
        "SELECT ensure_partitions(?, ?, ?)",
        OffsetDateTime.ofInstant(first, ZoneOffset.UTC),
        OffsetDateTime.ofInstant(last, ZoneOffset.UTC));
  }

  /**
   * Moves the rows of the default partitions into months of their own, table by table as {@link
   * #make}.
   *
   * @return how many partitions that made
   */
  public static int settle(Connection connection) throws SQLException {
    return eachTable(connection, "SELECT settle_default_partition(?)");
  }

  /** Adds up what a function of a table returns, called for each in a transaction of its own. */
  private static int eachTable(Connection connection, String function, Object... parameters)
      throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(true);
    try (PreparedStatement call = connection.prepareStatement(function)) {
      for (int i = 0; i < parameters.length; i++) {
        call.setObject(i + 2, parameters[i]);
      }
      int sum = 0;
      for (String table : tables(connection)) {
        call.setString(1, table);
        try (ResultSet row = call.executeQuery()) {
          row.next();
          sum += row.getInt(1);
        }
      }
      return sum;
    } finally {
      connection.setAutoCommit(autoCommit);
    }
  }

  private static List<String> tables(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (PreparedStatement query =
            connection.prepareStatement("SELECT unnest(partitioned_tables())");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  private static YearMonth month(Instant time) {
    return YearMonth.from(time.atOffset(ZoneOffset.UTC));
  }
}
