package io.alphakite.platform.database;

import io.alphakite.db.DatabaseUrl;
import io.alphakite.platform.settings.SettingsException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Refuses a database whose schema this build does not fit, before anything else starts: one that
 * was never migrated, an older one, and a newer one that does not serve this build any more.
 */
public final class SchemaCheck {
  private static final String MIGRATED =
      "SELECT to_regclass('public.flyway_schema_history') IS NOT NULL AND"
          + " to_regclass('public.trading_controls') IS NOT NULL AS migrated";

  /** The newest migration that the database has. */
  public static final String APPLIED =
      "SELECT coalesce(max(version::integer), 0) AS applied FROM flyway_schema_history"
          + " WHERE success AND version ~ '^[0-9]{1,9}$'";

  private SchemaCheck() {}

  /**
   * Connects once.
   *
   * @throws SQLException when the database cannot be reached or refuses the user
   * @throws SettingsException when its schema is not this product's, or not this build's
   */
  public static void require(DatabaseUrl database) throws SQLException {
    require(database, SchemaVersion.known());
  }

  static void require(DatabaseUrl database, int known) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      if (!ask(statement, MIGRATED).equals("t")) {
        throw new SettingsException(
            "the database of DATABASE_URL has no Alpha Kite schema: run ./kite migrate");
      }
      int applied = Integer.parseInt(ask(statement, APPLIED));
      if (applied < known) {
        throw new SettingsException(
            "the database has schema version %d, this build needs %d: run ./kite migrate"
                .formatted(applied, known));
      }
      if (applied > known) {
        requireServed(statement, applied, known);
      }
    }
  }

  /** A schema that was only added to serves older builds, too; it says itself from which on. */
  private static void requireServed(Statement statement, int applied, int known)
      throws SQLException {
    int from = Integer.parseInt(ask(statement, "SELECT serves_from FROM schema_support"));
    if (known < from) {
      throw new SettingsException(
          "the database has schema version %d, which serves builds from %d on, and this build knows %d: update it"
              .formatted(applied, from, known));
    }
  }

  private static String ask(Statement statement, String question) throws SQLException {
    try (ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getString(1);
    }
  }
}
