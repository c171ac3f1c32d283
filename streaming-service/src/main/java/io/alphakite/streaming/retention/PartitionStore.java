package io.alphakite.streaming.retention;

import io.alphakite.streaming.store.Partitions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * The partitions as the database has them. It is the database that refuses to drop what was not
 * announced a day before, or is too new.
 */
final class PartitionStore {

  /**
   * A drop to come.
   *
   * @param due wall time
   */
  record Announced(Partition partition, RetentionPlan.Reason reason, Instant due) {}

  /**
   * How a table stands.
   *
   * @param coveredUntil until when there is a partition for every month
   * @param waiting rows in its default partition, counted to 10,000
   */
  record Outlook(String table, Instant coveredUntil, long waiting) {}

  private static final String PARTITIONS =
      """
      SELECT parent.relname, c.relname, pg_total_relation_size(c.oid)
      FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'r'
      JOIN pg_class parent ON parent.oid = i.inhparent
      WHERE parent.oid IN (SELECT ('public.' || name)::regclass FROM unnest(partitioned_tables()) AS name)
        AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
      """;

  private final DataSource database;

  PartitionStore(DataSource database) {
    this.database = database;
  }

  /** Makes the months of this span where they are missing. */
  int ensure(Instant first, Instant last) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return Partitions.make(connection, first, last);
    }
  }

  /** Moves rows of default partitions into months of their own; tells how many that made. */
  int settle() throws SQLException {
    try (Connection connection = database.getConnection()) {
      return Partitions.settle(connection);
    }
  }

  List<Outlook> outlook(Instant moment) throws SQLException {
    List<Outlook> outlook = new ArrayList<>();
    try (Connection connection = database.getConnection();
        PreparedStatement query =
            connection.prepareStatement("SELECT * FROM partition_outlook(?)")) {
      query.setObject(1, time(moment));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          outlook.add(
              new Outlook(
                  row.getString("parent"),
                  row.getObject("covered_until", OffsetDateTime.class).toInstant(),
                  row.getLong("default_rows")));
        }
      }
    }
    return outlook;
  }

  List<Partition> partitions() throws SQLException {
    List<Partition> partitions = new ArrayList<>();
    try (Connection connection = database.getConnection();
        PreparedStatement query = connection.prepareStatement(PARTITIONS);
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        String table = row.getString(1);
        partitions.add(
            new Partition(table, month(table, row.getString(2)), Math.max(0, row.getLong(3))));
      }
    }
    return partitions;
  }

  /** The size of the whole database on disk. */
  long databaseBytes() throws SQLException {
    return number("SELECT pg_database_size(current_database())");
  }

  List<Announced> announced() throws SQLException {
    List<Announced> announced = new ArrayList<>();
    try (Connection connection = database.getConnection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT partition, parent, reason, due_at FROM streaming.partition_drops WHERE"
                    + " dropped_at IS NULL ORDER BY month, parent");
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        String table = row.getString("parent");
        announced.add(
            new Announced(
                new Partition(table, month(table, row.getString("partition")), 0),
                RetentionPlan.Reason.valueOf(row.getString("reason").toUpperCase(Locale.ROOT)),
                row.getObject("due_at", OffsetDateTime.class).toInstant()));
      }
    }
    return announced;
  }

  /** False when the database finds it too new to go, or it was announced already. */
  boolean announce(Partition partition, RetentionPlan.Reason reason) throws SQLException {
    return number(
            "SELECT announce_partition_drop(?, ?, ?)::integer",
            partition.table(),
            time(partition.start()),
            reason.name().toLowerCase(Locale.ROOT))
        == 1;
  }

  void withdraw(Partition partition) throws SQLException {
    number("SELECT withdraw_partition_drop(?)::integer", partition.name());
  }

  /** The bytes set free; -1 when it was not due or may not go. */
  long drop(Partition partition) throws SQLException {
    return number("SELECT coalesce(drop_announced_partition(?), -1)", partition.name());
  }

  private long number(String sql, Object... parameters) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        query.setObject(i + 1, parameters[i]);
      }
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static OffsetDateTime time(Instant time) {
    return OffsetDateTime.ofInstant(time, ZoneOffset.UTC);
  }

  private static YearMonth month(String table, String partition) {
    return YearMonth.parse(partition.substring(table.length() + 1).replace('_', '-'));
  }
}
