package io.alphakite.platform.database;

import io.alphakite.db.DatabaseUrl;
import io.alphakite.platform.settings.SettingsException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Refuses a database that was never migrated, before anything else starts. */
public final class SchemaCheck {
  private static final String MIGRATED =
      "SELECT to_regclass('public.flyway_schema_history') IS NOT NULL, to_regclass('public.trading_controls') IS NOT NULL";

  private SchemaCheck() {}

  /**
   * Connects once.
   *
   * @throws SQLException when the database cannot be reached or refuses the user
   * @throws SettingsException when its schema is not this product's
   */
  public static void require(DatabaseUrl database) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MIGRATED)) {
      row.next();
      if (!row.getBoolean(1) || !row.getBoolean(2)) {
        throw new SettingsException(
            "the database of DATABASE_URL has no Alpha Kite schema: run ./kite migrate");
      }
    }
  }
}
