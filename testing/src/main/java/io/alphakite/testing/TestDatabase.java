package io.alphakite.testing;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;

/** A database of its own for one test: the real PostgreSQL with the real migrations. */
public final class TestDatabase implements AutoCloseable {
  private final DatabaseServer server;
  private final String name;

  TestDatabase(DatabaseServer server, String name) {
    this.server = server;
    this.name = name;
  }

  /** A fresh, migrated database on this JVM's embedded server. */
  public static TestDatabase create() {
    return DatabaseServer.embedded().create();
  }

  /** An address to connect as this role. */
  public DatabaseUrl url(DatabaseRole role) {
    return server.url(name, role.roleName(), role.roleName());
  }

  /**
   * An address to connect as who installed it: owns the database, may create roles, is no
   * superuser.
   */
  public DatabaseUrl administrator() {
    return server.url(name, "kite_admin", "kite_admin");
  }

  /** An address to connect as the superuser, for looking at and breaking things. */
  public DatabaseUrl superuser() {
    return server.superuser(name);
  }

  /** {@code jdbc:postgresql://host:port/name}, without a user. */
  public String jdbcUrl() {
    return superuser().jdbcUrl();
  }

  /** Runs SQL as the superuser. */
  public void execute(String sql) {
    server.execute(name, sql);
  }

  /** Drops the database, whoever is still connected. */
  @Override
  public void close() {
    server.execute("postgres", "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }
}
