package io.alphakite.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;

/**
 * Brings a database to the schema of this build: roles first, then {@code db/migrations} in order.
 * Idempotent; two at once wait for each other.
 *
 * <p>It connects as a user with CREATEROLE that may create in the database (no superuser needed).
 * Everything it makes belongs to {@link DatabaseRole#OWNER}, whoever connected.
 */
public final class Migrations {
  private static final List<DatabaseRole> SERVICES =
      List.of(DatabaseRole.STREAMER, DatabaseRole.ENGINE, DatabaseRole.GATEWAY);

  private Migrations() {}

  /**
   * What a run did.
   *
   * @param applied how many migrations were new
   * @param version the schema version afterwards
   */
  public record Result(int applied, String version) {}

  /**
   * Applies what is missing.
   *
   * @param passwords the service roles whose password is to be set; a role left out keeps the one
   *     it has
   * @throws SQLException when the database cannot be reached or the user may not do this
   * @throws FlywayException when a migration fails; what came before it stays
   */
  public static Result apply(DatabaseUrl owner, Map<DatabaseRole, String> passwords)
      throws SQLException {
    try (Connection connection = owner.connect()) {
      // Two runs at once would both see a role missing.
      execute(connection, "SELECT pg_advisory_lock(hashtext('kite_roles'))");
      createRoles(connection);
      for (Map.Entry<DatabaseRole, String> password : passwords.entrySet()) {
        setPassword(connection, password.getKey(), password.getValue());
      }
    }
    Flyway flyway =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(owner.jdbcUrl(), owner.user(), owner.password())
            .initSql("SET ROLE " + DatabaseRole.OWNER.roleName() + "; SET lock_timeout = '30s'")
            .locations("classpath:db/migrations")
            .connectRetries(0)
            .load();
    int applied = flyway.migrate().migrationsExecuted;
    MigrationVersion version =
        flyway.info().getInfoResult().schemaVersion == null
            ? MigrationVersion.EMPTY
            : MigrationVersion.fromVersion(flyway.info().getInfoResult().schemaVersion);
    try (Connection connection = owner.connect()) {
      execute(connection, "SET ROLE " + DatabaseRole.OWNER.roleName());
      for (DatabaseRole service : SERVICES) {
        // Services look here at their start and refuse a schema older than they need.
        execute(connection, "GRANT SELECT ON flyway_schema_history TO " + service.roleName());
      }
    }
    return new Result(applied, version.getVersion());
  }

  private static void createRoles(Connection connection) throws SQLException {
    for (DatabaseRole role : DatabaseRole.values()) {
      if (!exists(connection, role)) {
        execute(
            connection,
            "CREATE ROLE " + role.roleName() + (SERVICES.contains(role) ? " LOGIN" : " NOLOGIN"));
      }
    }
    String owner = DatabaseRole.OWNER.roleName();
    if (!currentUser(connection).equals(owner)) {
      execute(connection, "GRANT " + owner + " TO CURRENT_USER");
    }
    // Only once: a second grant would come back to its own grantor, now that we are a member of the
    // owner role.
    if (!ask(
        connection,
        "SELECT has_schema_privilege('" + owner + "', 'public', 'CREATE WITH GRANT OPTION')")) {
      execute(
          connection, "GRANT USAGE, CREATE ON SCHEMA public TO " + owner + " WITH GRANT OPTION");
    }
    if (!ask(
        connection,
        "SELECT has_database_privilege('" + owner + "', current_database(), 'CREATE')")) {
      execute(
          connection,
          "GRANT CREATE, CONNECT ON DATABASE " + quote(connection.getCatalog()) + " TO " + owner);
    }
  }

  private static void setPassword(Connection connection, DatabaseRole role, String password)
      throws SQLException {
    // ALTER ROLE takes no parameters; format() with %L quotes for us.
    try (PreparedStatement format =
        connection.prepareStatement("SELECT format('ALTER ROLE %I PASSWORD %L', ?, ?)")) {
      format.setString(1, role.roleName());
      format.setString(2, password);
      try (ResultSet row = format.executeQuery()) {
        row.next();
        execute(connection, row.getString(1));
      }
    }
  }

  private static boolean exists(Connection connection, DatabaseRole role) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT 1 FROM pg_roles WHERE rolname = ?")) {
      query.setString(1, role.roleName());
      try (ResultSet row = query.executeQuery()) {
        return row.next();
      }
    }
  }

  private static String currentUser(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_user")) {
      row.next();
      return row.getString(1);
    }
  }

  private static boolean ask(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
