package io.alphakite.schwab.auth;

import java.io.Closeable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Lets one process at a time refresh the tokens, wherever the others run: Schwab may kill the old
 * refresh token with each refresh, and a second process presenting it would end the login for all.
 * The lock of the token file reaches no further than one machine's file system; this one is kept in
 * the database that the processes share.
 */
@FunctionalInterface
public interface RefreshLock {

  /** For a machine without a database: the lock of the token file alone. */
  RefreshLock FILE_ALONE = _ -> () -> {};

  /**
   * Waits until nobody else has it. Closing gives it back; so does the end of this process.
   *
   * @throws TimeoutException when another process kept it all that time
   * @throws SQLException when the database cannot be asked: the refresh then goes on under the
   *     file's lock alone, since without a token not even a cancel could be sent
   */
  Closeable acquire(Duration patience) throws TimeoutException, SQLException;
}
