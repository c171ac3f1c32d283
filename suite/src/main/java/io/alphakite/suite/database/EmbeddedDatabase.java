package io.alphakite.suite.database;

import io.alphakite.db.DatabaseUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL of our own, its data in one directory. What is committed stays: fsync and
 * synchronous commit are on, and a server that a killed process left behind is stopped before the
 * next one starts.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);

  /** Tried first, so that the address stays the same for whoever looks in with psql. */
  private static final int PREFERRED_PORT = 54329;

  /** The mark of a server that is unpacked whole. */
  private static final String UNPACKED = ".exists";

  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration STOP_MAX = Duration.ofSeconds(15);

  /** Children of a killed server hold its lock for a moment. */
  private static final Duration ORPHANS_GONE = Duration.ofMillis(2_500);

  private final EmbeddedPostgres postgres;
  private final String password;

  private EmbeddedDatabase(EmbeddedPostgres postgres, String password) {
    this.postgres = postgres;
    this.password = password;
  }

  /**
   * Starts the server over {@code directory/postgres}, which is made when absent.
   *
   * @throws IOException when it cannot start; the message says why
   */
  public static EmbeddedDatabase start(Path directory) throws IOException {
    Path data = directory.toAbsolutePath().resolve("postgres");
    Files.createDirectories(directory);
    stopLeftover(data);
    Path binaries = directory.toAbsolutePath().resolve("postgres-binaries");
    removeHalfUnpacked(binaries);
    String password = password(directory.resolve("postgres-password"));
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(binaries.toFile())
            .setRegisterShutdownHook(false)
            .setPGStartupWait(START_MAX)
            .setPort(freePort())
            .setOutputRedirector(
                ProcessBuilder.Redirect.appendTo(directory.resolve("postgres.log").toFile()))
            .setErrorRedirector(
                ProcessBuilder.Redirect.appendTo(directory.resolve("postgres.log").toFile()))
            .setConnectConfig("password", password)
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("shared_buffers", "8MB")
            .setServerConfig("wal_buffers", "1MB")
            .setServerConfig("max_connections", "40")
            .setServerConfig("max_worker_processes", "2")
            .setServerConfig("max_parallel_workers", "0")
            .setServerConfig("max_logical_replication_workers", "0")
            .setServerConfig("autovacuum_max_workers", "1")
            .setServerConfig("autovacuum_worker_slots", "1")
            .setServerConfig("io_method", "sync")
            .setServerConfig("jit", "off");
    EmbeddedPostgres postgres = builder.start();
    EmbeddedDatabase database = new EmbeddedDatabase(postgres, password);
    database.requirePasswords(data);
    return database;
  }

  /**
   * The address of a database, for the superuser, who migrates; the database is made when absent.
   */
  public DatabaseUrl administrator(String database) throws IOException {
    try (var connection = superuser("postgres").connect();
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT 1 FROM pg_database WHERE datname = '" + database + "'")) {
      if (!row.next()) {
        try (var create = connection.createStatement()) {
          create.execute("CREATE DATABASE " + database);
        }
      }
    } catch (SQLException e) {
      throw new IOException("cannot make the database " + database + ": " + e.getMessage(), e);
    }
    return superuser(database);
  }

  /** As {@link #administrator}; whatever the database held is gone. */
  public DatabaseUrl fresh(String database) throws IOException {
    try (var connection = superuser("postgres").connect();
        var drop = connection.createStatement()) {
      drop.execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
    } catch (SQLException e) {
      throw new IOException("cannot clear the database " + database + ": " + e.getMessage(), e);
    }
    return administrator(database);
  }

  private DatabaseUrl superuser(String database) {
    return DatabaseUrl.parse(
        "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + database, "postgres", password);
  }

  /** Where it listens, on loopback. */
  int port() {
    return postgres.getPort();
  }

  /** Stops the server; connections still open are cut. */
  @Override
  public void close() throws IOException {
    postgres.close();
  }

  /** A new cluster trusts every local connection; from here on it asks for passwords. */
  private void requirePasswords(Path data) throws IOException {
    Path rules = data.resolve("pg_hba.conf");
    String wanted = "host all all 127.0.0.1/32 scram-sha-256\n";
    if (Files.readString(rules).equals(wanted)) {
      return;
    }
    try (var connection = superuser("postgres").connect();
        var statement = connection.createStatement()) {
      statement.execute("ALTER ROLE postgres PASSWORD '" + password + "'");
      Files.writeString(rules, wanted);
      statement.execute("SELECT pg_reload_conf()");
    } catch (SQLException e) {
      throw new IOException("cannot secure the new database: " + e.getMessage(), e);
    }
  }

  /**
   * The superuser's password: 128 random bits in hex, kept beside the data, readable by the owner
   * only.
   */
  private static String password(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] random = new byte[16];
      new java.security.SecureRandom().nextBytes(random);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, java.util.HexFormat.of().formatHex(random));
    }
    return Files.readString(file, StandardCharsets.US_ASCII).strip();
  }

  private static int freePort() throws IOException {
    try (ServerSocket preferred =
        new ServerSocket(PREFERRED_PORT, 1, InetAddress.getLoopbackAddress())) {
      return preferred.getLocalPort();
    } catch (java.net.BindException _) {
      try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return any.getLocalPort();
      }
    }
  }

  /** Unpacking that was interrupted cannot be resumed, and would fail every later start. */
  private static void removeHalfUnpacked(Path binaries) throws IOException {
    if (!Files.isDirectory(binaries)) {
      return;
    }
    try (Stream<Path> servers = Files.list(binaries)) {
      for (Path server : servers.filter(path -> !Files.exists(path.resolve(UNPACKED))).toList()) {
        FileSystemUtils.deleteRecursively(server);
      }
    }
  }

  private static void stopLeftover(Path data) throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    Optional<ProcessHandle> leftover =
        Files.readAllLines(pidFile).stream()
            .findFirst()
            .flatMap(EmbeddedDatabase::pid)
            .flatMap(ProcessHandle::of)
            .filter(process -> servesFrom(process, data));
    if (leftover.isEmpty()) {
      pause(ORPHANS_GONE);
      return;
    }
    log.atInfo()
        .addKeyValue("event", "database.leftover_stopped")
        .log("Stopping the PostgreSQL that an earlier run left behind");

    leftover.get().destroy();
    CompletableFuture<ProcessHandle> exit = leftover.get().onExit();
    try {
      exit.get(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException(
          "the PostgreSQL of an earlier run (pid " + leftover.get().pid() + ") does not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Optional<Long> pid(String line) {
    try {
      return Optional.of(Long.parseLong(line.strip()));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /**
   * Whether that process is a PostgreSQL over this directory, and not a newer one with the same
   * number.
   */
  private static boolean servesFrom(ProcessHandle process, Path data) {
    String command = process.info().commandLine().orElse("");
    return command.contains(data.toString());
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
