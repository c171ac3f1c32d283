package io.alphakite.engine.runtime;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The right to trade an account: a session-level advisory lock on a connection of its own. The
 * server frees it when the connection ends, so a killed engine gives it up at once.
 */
final class AccountLease implements AutoCloseable {

  /** Opens a connection outside the pool. */
  interface ConnectionSource {
    Connection connect() throws SQLException;
  }

  private static final int VALID_SECONDS = 2;

  private final Connection connection;

  private AccountLease(Connection connection) {
    this.connection = connection;
  }

  /** Takes the lease; empty when another engine has it. */
  static Optional<AccountLease> take(ConnectionSource source, String accountId)
      throws SQLException {
    Connection connection = source.connect();
    boolean taken = false;
    try (PreparedStatement lock =
        connection.prepareStatement("SELECT pg_try_advisory_lock(hashtextextended(?, 0))")) {
      lock.setString(1, "engine.account " + accountId);
      try (ResultSet row = lock.executeQuery()) {
        row.next();
        taken = row.getBoolean(1);
      }
    } finally {
      if (!taken) {
        connection.close();
      }
    }
    return taken ? Optional.of(new AccountLease(connection)) : Optional.empty();
  }

  /** Whether it still holds. */
  boolean held() {
    try {
      return connection.isValid(VALID_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // The server frees the lock with the connection, however it ended.
    }
  }
}
