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
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server that hands out migrated databases. The migrations run once, into a template
 * that each new database copies (about 50 ms).
 */
public final class DatabaseServer {
  private static final String TEMPLATE = "kite_template";
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static @Nullable DatabaseServer embedded;

  private final String address;
  private final String superuser;
  private final String password;

  /**
   * Prepares a server: the person who installs (may create roles and databases, is no superuser)
   * and the template.
   *
   * @param address {@code host:port}
   */
  public DatabaseServer(String address, String superuser, String password) {
    this.address = address;
    this.superuser = superuser;
    this.password = password;
    execute("postgres", "CREATE ROLE kite_admin LOGIN CREATEROLE PASSWORD 'kite_admin'");
    execute("postgres", "CREATE DATABASE " + TEMPLATE + " OWNER kite_admin");
    try {
      Migrations.apply(
          url(TEMPLATE, "kite_admin", "kite_admin"),
          Map.of(
              DatabaseRole.STREAMER, DatabaseRole.STREAMER.roleName(),
              DatabaseRole.ENGINE, DatabaseRole.ENGINE.roleName(),
              DatabaseRole.GATEWAY, DatabaseRole.GATEWAY.roleName()));
    } catch (SQLException e) {
      throw new IllegalStateException("cannot migrate the template", e);
    }
  }

  /** The embedded server of this JVM; it ends with it. */
  public static synchronized DatabaseServer embedded() {
    if (embedded == null) {
      try {
        EmbeddedPostgres started =
            EmbeddedPostgres.builder()
                .setServerConfig("shared_buffers", "32MB")
                .setServerConfig("jit", "off")
                .setServerConfig("max_connections", "200")
                .setPGStartupWait(Duration.ofMinutes(1))
                .start();
        embedded = new DatabaseServer("localhost:" + started.getPort(), "postgres", "postgres");
      } catch (IOException e) {
        throw new UncheckedIOException("cannot start the embedded PostgreSQL", e);
      }
    }
    return embedded;
  }

  /** A fresh, migrated database. */
  public TestDatabase create() {
    String name = "kite_test_" + COUNT.incrementAndGet();
    execute("postgres", "CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE + " OWNER kite_admin");
    return new TestDatabase(this, name);
  }

  DatabaseUrl url(String database, String user, String userPassword) {
    return DatabaseUrl.parse("jdbc:postgresql://" + address + "/" + database, user, userPassword);
  }

  DatabaseUrl superuser(String database) {
    return url(database, superuser, password);
  }

  void execute(String database, String sql) {
    try (Connection connection = superuser(database).connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
