package io.alphakite.benchmarks;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.db.Migrations;
import io.alphakite.suite.database.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL of a benchmark's own, as {@code ./kite up} starts it, with this build's schema; its
 * data is gone when it is closed or the process is stopped.
 */
public final class BenchDatabase implements AutoCloseable {
  private static final String DATABASE = "kite_bench";
  private static final String PASSWORD = "bench";

  private final Path data;
  private final EmbeddedDatabase server;
  private final Thread hook;
  private final DatabaseUrl owner;

  private BenchDatabase(Path data, EmbeddedDatabase server) throws IOException {
    this.data = data;
    this.server = server;
    this.hook = new Thread(this::stop, "bench-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    this.owner = server.administrator(DATABASE);
  }

  /**
   * Starts one below the directory.
   *
   * @param roles that may connect
   */
  public static BenchDatabase start(Path home, DatabaseRole... roles)
      throws IOException, SQLException {
    Path data = home.resolve("postgres");
    FileSystemUtils.deleteRecursively(data);
    BenchDatabase started = new BenchDatabase(data, EmbeddedDatabase.start(home));
    try {
      Migrations.apply(
          started.owner,
          Arrays.stream(roles).collect(Collectors.toMap(role -> role, role -> PASSWORD)));
      return started;
    } catch (SQLException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  /** For the superuser. */
  public DatabaseUrl owner() {
    return owner;
  }

  /** For a service. */
  public DatabaseUrl as(DatabaseRole role) {
    return owner.as(role.roleName(), PASSWORD);
  }

  private void stop() {
    try {
      server.close();
    } catch (IOException _) {
      // It is gone already.
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    Runtime.getRuntime().removeShutdownHook(hook);
    FileSystemUtils.deleteRecursively(data);
  }
}
