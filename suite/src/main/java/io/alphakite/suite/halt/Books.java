package io.alphakite.suite.halt;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.database.CommandDatabase;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** The database as far as it answers: halted too, and asked which orders are ours. */
final class Books {

  /** The engine writes it where it cannot look for its halt file. */
  static final String UNREADABLE = "unreadable";

  /**
   * What it says now.
   *
   * @param shown the halt file that the engine sees
   */
  record Standing(String mode, String state, @Nullable String reason, @Nullable String shown) {

    boolean halted() {
      return state.equals("halted");
    }
  }

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  private Books(DataSource source) {
    this.jdbc = JdbcClient.create(source);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(source));
  }

  /**
   * Connects, with a patience of seconds.
   *
   * @throws CommandException with one line when there is no answer
   */
  static Books open(Settings settings) {
    return new Books(CommandDatabase.running(settings, DatabaseRole.GATEWAY).dataSource());
  }

  /**
   * What it says now.
   *
   * @throws CommandException when it does not answer
   */
  Standing standing() {
    return asking(
        () ->
            jdbc.sql("SELECT mode, state, state_reason, halt_id FROM trading_controls")
                .query(
                    (row, number) ->
                        new Standing(
                            row.getString("mode"),
                            row.getString("state"),
                            row.getString("state_reason"),
                            row.getString("halt_id")))
                .single());
  }

  /**
   * Halts as the API's kill switch does; the engine, once it can, cancels too.
   *
   * @throws CommandException when that cannot be written now
   */
  void halt(String reason) {
    asking(
        () ->
            transaction.execute(
                status -> {
                  // A frozen engine may hold the row, and nobody waits for that.
                  jdbc.sql("SET LOCAL lock_timeout = '2s'").update();
                  jdbc.sql(
                          "UPDATE trading_controls SET state = 'halted', state_reason = :reason,"
                              + " updated_at = now(), version = version + 1")
                      .param("reason", reason)
                      .update();
                  jdbc.sql(
                          "INSERT INTO trading_commands (command, request_id) VALUES ('kill', './kite"
                              + " halt')")
                      .update();
                  Notifications.send(jdbc, Channel.CONTROLS, "");
                  return status;
                }));
  }

  /**
   * Ends the halt.
   *
   * @param file the id of the halt file that is ended with it; null when there is none
   * @throws CommandException when that cannot be written now
   */
  void resume(@Nullable String file) {
    asking(
        () ->
            transaction.execute(
                status -> {
                  jdbc.sql("SET LOCAL lock_timeout = '2s'").update();
                  jdbc.sql(
                          """
                          UPDATE trading_controls SET state = 'active', state_reason = NULL,
                              halt_cleared = coalesce(:file, halt_id, halt_cleared),
                              updated_at = now(), version = version + 1
                          """)
                      .param("file", file, java.sql.Types.VARCHAR)
                      .update();
                  Notifications.send(jdbc, Channel.CONTROLS, "");
                  return status;
                }));
  }

  /**
   * Whose the broker's orders are: true for ours, false for those that the account's owner placed
   * elsewhere. One that is missing may be either.
   *
   * @throws CommandException when it does not answer
   */
  Map<String, Boolean> owners() {
    return asking(
        () -> {
          Map<String, Boolean> owners = new HashMap<>();
          jdbc.sql(
                  """
                  SELECT i.broker_order_id, t.source <> 'external' AS ours
                  FROM engine.order_intents i JOIN trades t ON t.id = i.trade_id
                  WHERE i.broker_order_id IS NOT NULL AND i.created_at > now() - interval '200 days'
                  """)
              .query(
                  row -> {
                    owners.put(row.getString("broker_order_id"), row.getBoolean("ours"));
                  });
          return owners;
        });
  }

  private interface Asking<T> {
    @Nullable T ask();
  }

  private static <T> T asking(Asking<T> asking) {
    try {
      return Optional.ofNullable(asking.ask()).orElseThrow();
    } catch (DataAccessException e) {
      throw new CommandException(CommandException.firstLine(e.getMostSpecificCause()), e);
    } catch (TransactionException e) {
      throw new CommandException(CommandException.firstLine(e), e);
    }
  }
}
