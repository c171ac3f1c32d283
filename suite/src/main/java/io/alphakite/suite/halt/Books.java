package io.alphakite.suite.halt;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.database.CommandDatabase;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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

  /**
   * What it says now.
   *
   * @param broker where the engine trades, as it said last
   * @param account the last four of its account; null before it ever traded
   * @param shown the halt file that the engine sees
   * @param heard whether an engine said in the last 10 s that it trades
   * @param kill the newest kill command; 0 before any
   */
  record Standing(
      String mode,
      String broker,
      @Nullable String account,
      String state,
      @Nullable String reason,
      @Nullable String shown,
      boolean heard,
      long kill) {

    boolean paper() {
      return mode.equals("paper");
    }

    /** Where the engine trades, when that is not there; null when it is, or nobody can tell. */
    @Nullable String otherThan(OpenOrders there) {
      boolean same =
          paper()
              || account == null
              || (account.equals(there.account())
                  && broker.equals("simulator") == there.simulated());
      return same ? null : broker + ", account ..." + account;
    }

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
            jdbc.sql(
                    """
                    SELECT *, coalesce((SELECT max(id) FROM trading_commands WHERE command = 'kill'), 0) AS kill,
                        coalesce(engine_seen_at > now() - interval '10 seconds', false) AS heard
                    FROM trading_controls
                    """)
                .query(
                    (row, number) ->
                        new Standing(
                            row.getString("mode"),
                            row.getString("broker"),
                            row.getString("account_suffix"),
                            row.getString("state"),
                            row.getString("state_reason"),
                            row.getString("halt_id"),
                            row.getBoolean("heard"),
                            row.getLong("kill")))
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
   * Ends the halt that was shown.
   *
   * @param shown what it said then
   * @param file the id of the halt file that is ended with it; null when there is none
   * @return false when somebody has halted since: nothing is changed then
   * @throws CommandException when that cannot be written now
   */
  boolean resume(Standing shown, @Nullable String file) {
    return asking(
        () ->
            transaction.execute(
                status -> {
                  jdbc.sql("SET LOCAL lock_timeout = '2s'").update();
                  jdbc.sql("SELECT id FROM trading_controls FOR UPDATE")
                      .query(Integer.class)
                      .single();
                  Standing now = standing();
                  boolean same =
                      now.kill() == shown.kill()
                          && (now.shown() == null
                              || now.shown().equals(shown.shown())
                              || now.shown().equals(file));
                  if (!same) {
                    return false;
                  }
                  jdbc.sql(
                          """
                          UPDATE trading_controls SET state = 'active', state_reason = NULL,
                              halt_cleared = coalesce(:file, halt_id, halt_cleared),
                              updated_at = now(), version = version + 1
                          """)
                      .param("file", file, java.sql.Types.VARCHAR)
                      .update();
                  Notifications.send(jdbc, Channel.CONTROLS, "");
                  return true;
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

  /**
   * Orders that may have reached the broker without anybody's knowing, in words.
   *
   * @throws CommandException when it does not answer
   */
  List<String> doubtful() {
    return asking(
        () ->
            jdbc.sql(
                    """
                    SELECT t.side, t.quantity, coalesce(t.option_symbol, t.ticker) AS symbol, i.state
                    FROM engine.order_intents i JOIN trades t ON t.id = i.trade_id
                    WHERE i.state IN ('SENDING', 'UNKNOWN', 'UNRESOLVED') AND i.account_id <> 'paper'
                    ORDER BY i.claimed_at
                    """)
                .query(
                    (row, number) ->
                        "%s %d %s (%s)"
                            .formatted(
                                row.getString("side").replace('_', ' '),
                                row.getLong("quantity"),
                                row.getString("symbol"),
                                row.getString("state").toLowerCase(Locale.ROOT)))
                .list());
  }

  /**
   * Whether anything of ours is at a broker, or perhaps.
   *
   * @throws CommandException when it does not answer
   */
  boolean atBroker() {
    return asking(
        () ->
            jdbc.sql(
                    """
                    SELECT EXISTS (SELECT FROM engine.order_intents i JOIN trades t ON t.id = i.trade_id
                        WHERE i.account_id <> 'paper' AND t.source <> 'external' AND i.state IN
                            ('SENDING', 'UNKNOWN', 'UNRESOLVED', 'ACKED', 'WORKING', 'PARTIAL'))
                    """)
                .query(Boolean.class)
                .single());
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
