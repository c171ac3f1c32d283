package io.alphakite.platform.database;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the database is: {@code DATABASE_URL}, {@code DATABASE_USER}, {@code DATABASE_PASSWORD}.
 */
public final class DatabaseSettings {
  private DatabaseSettings() {}

  /**
   * The database as the settings name it; the user defaults to the service's own role.
   *
   * @throws SettingsException when the URL is missing or not one
   */
  public static DatabaseUrl of(Settings settings, DatabaseRole role) {
    String url =
        settings.required(
            "DATABASE_URL", "where the database is, as in jdbc:postgresql://localhost:5432/kite");
    DatabaseUrl database;
    try {
      database =
          DatabaseUrl.parse(
              url,
              settings.text("DATABASE_USER").orElse(null),
              settings.text("DATABASE_PASSWORD").orElse(null));
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()));
    }
    return database.user() == null ? database.as(role.roleName(), database.password()) : database;
  }

  /** The connection pool: small, since one box runs three of them. */
  public static Map<String, Object> pool(DatabaseUrl database, String serviceName) {
    Map<String, Object> pool = new HashMap<>();
    pool.put("spring.datasource.url", database.jdbcUrl());
    if (database.user() != null) {
      pool.put("spring.datasource.username", database.user());
    }
    if (database.password() != null) {
      pool.put("spring.datasource.password", database.password());
    }
    pool.put("spring.datasource.hikari.pool-name", serviceName);
    pool.put("spring.datasource.hikari.maximum-pool-size", 5);
    pool.put("spring.datasource.hikari.minimum-idle", 1);
    // Each connection is a server process of some megabytes: one used in a rush is not kept for
    // long.
    pool.put("spring.datasource.hikari.idle-timeout", 20_000);
    pool.put("spring.datasource.hikari.connection-timeout", 5_000);
    pool.put("spring.datasource.hikari.validation-timeout", 2_000);
    pool.put("spring.datasource.hikari.initialization-fail-timeout", -1);
    pool.put("spring.datasource.hikari.data-source-properties.ApplicationName", serviceName);
    pool.put("spring.datasource.hikari.data-source-properties.tcpKeepAlive", "true");
    // A connection that a lost network left hanging must not hold a thread for ever.
    pool.put("spring.datasource.hikari.data-source-properties.socketTimeout", "60");
    pool.put("spring.datasource.hikari.data-source-properties.connectTimeout", "5");
    return pool;
  }
}
