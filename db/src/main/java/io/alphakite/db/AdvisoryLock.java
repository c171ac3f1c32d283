package io.alphakite.db;

import java.io.Closeable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * A named lock among everything connected to one database: PostgreSQL's transaction-level advisory
 * lock. It ends with its transaction, so a holder that dies or loses its connection cannot keep it.
 * Each holder and each waiter takes a connection of its own for that time. Safe for use by many
 * threads; not reentrant.
 */
public final class AdvisoryLock {

  /** Who may refresh the Schwab tokens. */
  public static final String SCHWAB_TOKENS = "schwab_tokens";

  /** {@code lock_not_available}: what a statement gets when {@code lock_timeout} is over. */
  private static final String LOCK_TIMEOUT = "55P03";

  /** Where connections come from, such as {@code dataSource::getConnection}. */
  @FunctionalInterface
  public interface Connections {

    /** A connection that the lock closes. */
    Connection open() throws SQLException;
  }

  private final Connections connections;
  private final String name;

  /**
   * Names a lock; takes nothing yet.
   *
   * @param name the same for everybody who means the same lock
   */
  public AdvisoryLock(Connections connections, String name) {
    this.connections = connections;
    this.name = name;
  }

  /**
   * Waits until nobody else has it.
   *
   * @param patience from a millisecond to a day
   * @return gives it back when closed
   * @throws TimeoutException when another kept it all that time
   * @throws SQLException when the database cannot be asked
   */
  public Closeable acquire(Duration patience) throws TimeoutException, SQLException {
    Connection connection = connections.open();
    try {
      connection.setAutoCommit(false);
      try (Statement limit = connection.createStatement()) {
        limit.execute("SET LOCAL lock_timeout = " + patience.toMillis());
      }
      try (PreparedStatement lock =
          connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))")) {
        lock.setString(1, name);
        lock.execute();
      }
    } catch (SQLException | RuntimeException e) {
      release(connection);
      if (e instanceof SQLException refused && LOCK_TIMEOUT.equals(refused.getSQLState())) {
        throw new TimeoutException("another process holds the lock " + name);
      }
      throw e;
    }
    return () -> release(connection);
  }

  /** A connection that is lost has given the lock back already. */
  private static void release(Connection connection) {
    try (connection) {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException _) {
      // The pool notices a broken connection by itself.
    }
  }
}
