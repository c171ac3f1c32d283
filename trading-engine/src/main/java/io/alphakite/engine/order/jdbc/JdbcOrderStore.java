package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.order.EngineSupersededException;
import io.alphakite.engine.order.Ledger;
import io.alphakite.engine.order.OrderStore;
import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The books of one account in PostgreSQL.
 *
 * <p>Each write locks the account's row first and compares the epoch, so that writes of one account
 * happen one after another and none comes from an engine whose time is over. Approval then sees
 * positions and open orders of one moment: a fill cannot leave the one before it enters the other.
 */
final class JdbcOrderStore implements OrderStore {

  /**
   * The lock. With it the transaction's statements take the plans for all times: an order's way
   * shall not wait for a plan of its own, which the first five times on a connection take else.
   */
  private static final String BEGIN =
      """
      SELECT epoch, set_config('plan_cache_mode', 'force_generic_plan', true)
      FROM engine.accounts WHERE account_id = :a FOR UPDATE\
      """;

  private final JdbcClient jdbc;
  private final DataSource dataSource;
  private final Supplier<JdbcLedger> ledgers;
  private final String accountId;
  private final long epoch;
  private final TransactionTemplate writes;
  private final TransactionTemplate reads;

  JdbcOrderStore(
      JdbcClient jdbc,
      DataSource dataSource,
      PlatformTransactionManager transactions,
      Supplier<JdbcLedger> ledgers,
      String accountId,
      long epoch) {
    this.jdbc = jdbc;
    this.dataSource = dataSource;
    this.ledgers = ledgers;
    this.accountId = accountId;
    this.epoch = epoch;
    this.writes = new TransactionTemplate(transactions);
    this.reads = new TransactionTemplate(transactions);
    reads.setReadOnly(true);
  }

  @Override
  public <T> T write(Function<Ledger, T> work) {
    requireNoneOpen();
    return notNull(
        writes.execute(
            status -> {
              long current =
                  jdbc.sql(BEGIN)
                      .param("a", accountId)
                      .query((row, number) -> row.getLong("epoch"))
                      .single();
              if (current != epoch) {
                throw new EngineSupersededException(epoch, current);
              }
              JdbcLedger ledger = ledgers.get();
              T result = work.apply(ledger);
              ledger.flush();
              requireAllDone();
              return result;
            }));
  }

  /**
   * PostgreSQL ends a transaction in which a statement failed by undoing it, also where a commit
   * was asked for and the failure was caught on the way, and the driver does not say so.
   */
  private void requireAllDone() {
    try {
      BaseConnection connection =
          DataSourceUtils.getConnection(dataSource).unwrap(BaseConnection.class);
      if (connection.getTransactionState() == TransactionState.FAILED) {
        throw new UnexpectedRollbackException("A statement failed; nothing is written down");
      }
    } catch (SQLException e) {
      throw new UnexpectedRollbackException("It cannot be told whether all was done", e);
    }
  }

  @Override
  public <T> T read(Function<Ledger, T> work) {
    requireNoneOpen();
    return notNull(
        reads.execute(
            status -> {
              JdbcLedger ledger = ledgers.get();
              T result = work.apply(ledger);
              ledger.flush();
              return result;
            }));
  }

  private static void requireNoneOpen() {
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException("The books are opened within another transaction");
    }
  }

  private static <T> T notNull(@Nullable T result) {
    return Objects.requireNonNull(result, "a transaction's work returns something");
  }
}
