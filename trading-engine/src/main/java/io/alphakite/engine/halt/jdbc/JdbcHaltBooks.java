package io.alphakite.engine.halt.jdbc;

import io.alphakite.engine.halt.Halt;
import io.alphakite.engine.halt.HaltBooks;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.ZoneOffset;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The halt file's columns of {@code trading_controls}. */
@Repository
class JdbcHaltBooks implements HaltBooks {

  private static final String STANDING =
      """
      SELECT state = 'halted' AS halted, state_reason, halt_id, halt_cleared,
             coalesce((SELECT max(id) FROM trading_commands WHERE command = 'kill'), 0) AS kill,
             CASE WHEN EXISTS (SELECT FROM engine.accounts WHERE account_id = :account AND epoch = :epoch)
                  THEN 'TRADER'
                  WHEN :account::text IS NULL
                      AND coalesce(engine_seen_at < now() - interval '10 seconds', true) THEN 'ALONE'
                  ELSE 'OTHER' END AS part
      FROM trading_controls\
      """;

  private final JdbcClient jdbc;

  JdbcHaltBooks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Standing standing(@Nullable Holder holder) {
    return standing(STANDING, holder);
  }

  private Standing standing(String sql, @Nullable Holder holder) {
    return jdbc.sql(sql)
        .param("account", holder == null ? null : holder.accountId(), Types.VARCHAR)
        .param("epoch", holder == null ? null : holder.epoch(), Types.BIGINT)
        .query(JdbcHaltBooks::read)
        .single();
  }

  @Override
  @Transactional
  public void settle(@Nullable Holder holder, Function<Standing, Change> decide) {
    Standing standing = standing(STANDING + " FOR UPDATE", holder);
    switch (decide.apply(standing)) {
      case Change.None() -> {}
      case Change.Halted(Halt halt, boolean cancel) -> halted(halt, cancel);
      case Change.Gone() -> gone();
    }
  }

  private void halted(Halt halt, boolean cancel) {
    jdbc.sql(
            """
            UPDATE trading_controls SET state = 'halted',
                state_reason = CASE WHEN :own THEN state_reason ELSE :told END,
                halt_cleared = nullif(halt_cleared, :id), halt_id = :id, halt_by = :by, halt_at = :at, halt_reason = nullif(:reason, ''),
                updated_at = clock_timestamp(), version = version + 1
            """)
        .param("own", halt.command() != null)
        .param("told", halt.told())
        .param("id", halt.id())
        .param("by", halt.by())
        .param("at", halt.at().atOffset(ZoneOffset.UTC))
        .param("reason", halt.reason())
        .update();
    if (cancel) {
      jdbc.sql("INSERT INTO trading_commands (command, request_id) VALUES ('kill', 'halt file')")
          .update();
    }
    Notifications.send(jdbc, Channel.CONTROLS, "");
  }

  private void gone() {
    jdbc.sql(
            """
            UPDATE trading_controls SET halt_id = NULL, halt_by = NULL, halt_at = NULL, halt_reason = NULL,
                updated_at = clock_timestamp(), version = version + 1
            """)
        .update();
    Notifications.send(jdbc, Channel.CONTROLS, "");
  }

  private static Standing read(ResultSet row, int number) throws SQLException {
    return new Standing(
        Part.valueOf(row.getString("part")),
        row.getBoolean("halted"),
        row.getString("halt_id"),
        row.getString("halt_cleared"),
        row.getLong("kill"),
        row.getString("state_reason"));
  }
}
