package io.alphakite.testing;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.db.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A database of its own for one test class: the real PostgreSQL with the real migrations.
 *
 * <p>One server serves the whole JVM and ends with it. The migrations run once into a template, and
 * every call of {@link #create} copies that template (about 50 ms).
 */
public final class TestDatabase implements AutoCloseable {
  private static final String TEMPLATE = "kite_template";
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static @Nullable EmbeddedPostgres server;

  private final EmbeddedPostgres postgres;
  private final String name;

  private TestDatabase(EmbeddedPostgres postgres, String name) {
    this.postgres = postgres;
    this.name = name;
  }

  /** A fresh, migrated database. */
  public static TestDatabase create() {
    try {
      EmbeddedPostgres postgres = server();
      String name = "kite_test_" + COUNT.incrementAndGet();
      execute(postgres, "CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE + " OWNER kite_admin");
      return new TestDatabase(postgres, name);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot make a test database", e);
    }
  }

  /** An address to connect as this role. */
  public DatabaseUrl url(DatabaseRole role) {
    return DatabaseUrl.parse(jdbcUrl(), role.roleName(), role.roleName());
  }

  /** An address to connect as the superuser, for looking at and breaking things. */
  public DatabaseUrl superuser() {
    return DatabaseUrl.parse(jdbcUrl(), "postgres", "postgres");
  }

  /** {@code jdbc:postgresql://localhost:port/name}, without a user. */
  public String jdbcUrl() {
    return "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + name;
  }

  /** Runs SQL as the superuser. */
  public void execute(String sql) {
    try (Connection connection = superuser().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Drops the database, whoever is still connected. */
  @Override
  public void close() {
    try {
      execute(postgres, "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    } catch (SQLException e) {
      throw new IllegalStateException("cannot drop " + name, e);
    }
  }

  private static synchronized EmbeddedPostgres server() throws SQLException {
    if (server == null) {
      try {
        EmbeddedPostgres started =
            EmbeddedPostgres.builder()
                .setServerConfig("shared_buffers", "32MB")
                .setServerConfig("jit", "off")
                .setServerConfig("max_connections", "200")
                .start();
        // The person who installs: may create roles and databases, is no superuser.
        execute(started, "CREATE ROLE kite_admin LOGIN CREATEROLE PASSWORD 'kite_admin'");
        execute(started, "CREATE DATABASE " + TEMPLATE + " OWNER kite_admin");
        Migrations.apply(
            DatabaseUrl.parse(
                "jdbc:postgresql://localhost:" + started.getPort() + "/" + TEMPLATE,
                "kite_admin",
                "kite_admin"),
            Map.of(
                DatabaseRole.STREAMER, DatabaseRole.STREAMER.roleName(),
                DatabaseRole.ENGINE, DatabaseRole.ENGINE.roleName(),
                DatabaseRole.GATEWAY, DatabaseRole.GATEWAY.roleName()));
        server = started;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot start the embedded PostgreSQL", e);
      }
    }
    return server;
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
