package io.alphakite.gateway.alert;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the services' alarms. */
@Component
public class Alerts {
  /** Services keep fewer open; beyond that the worst are shown. */
  private static final int OPEN_MAX = 500;

  private static final String COLUMNS =
      "SELECT id, at, service, code, severity, ticker, message, hint, cleared_at FROM alerts ";

  private final JdbcClient jdbc;

  Alerts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Those whose cause lasts, the worst first, then the newest. */
  public List<AlertView> open() {
    return jdbc.sql(
            COLUMNS
                + "WHERE cleared_at IS NULL ORDER BY array_position(ARRAY['critical', 'warning',"
                + " 'info'], severity), id DESC LIMIT :limit")
        .param("limit", OPEN_MAX)
        .query(Alerts::view)
        .list();
  }

  /** All, the newest first. */
  List<AlertView> newest(int limit) {
    return jdbc.sql(COLUMNS + "ORDER BY id DESC LIMIT :limit")
        .param("limit", limit)
        .query(Alerts::view)
        .list();
  }

  /** These, whatever became of them. */
  public List<AlertView> find(Collection<Long> ids) {
    return ids.isEmpty()
        ? List.of()
        : jdbc.sql(COLUMNS + "WHERE id IN (:ids) ORDER BY id")
            .param("ids", ids)
            .query(Alerts::view)
            .list();
  }

  private static AlertView view(ResultSet row, int number) throws SQLException {
    Timestamp cleared = row.getTimestamp("cleared_at");
    return new AlertView(
        row.getLong("id"),
        row.getTimestamp("at").toInstant(),
        row.getString("service"),
        row.getString("code"),
        row.getString("severity"),
        nullable(row, "ticker"),
        Objects.requireNonNull(row.getString("message")),
        nullable(row, "hint"),
        cleared == null ? null : cleared.toInstant());
  }

  private static @Nullable String nullable(ResultSet row, String column) throws SQLException {
    return row.getString(column);
  }
}
