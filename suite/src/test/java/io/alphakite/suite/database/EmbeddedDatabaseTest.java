package io.alphakite.suite.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.DatabaseUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What is committed stays, however the process before ended. */
class EmbeddedDatabaseTest {
  private static final String COMMITTED = "committed";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path home;

  @Test
  void keepsRowsOverAnOrderlyRestart() throws Exception {
    try (EmbeddedDatabase first = EmbeddedDatabase.start(home)) {
      execute(first.administrator("kite"), "CREATE TABLE kept AS SELECT 42 AS answer");
    }
    try (EmbeddedDatabase second = EmbeddedDatabase.start(home)) {
      assertThat(answer(second)).isEqualTo(42);
    }
  }

  @Test
  void keepsCommittedRowsWhenEverythingIsKilled() throws Exception {
    killWithItsServer(startElsewhere());

    try (EmbeddedDatabase second = EmbeddedDatabase.start(home)) {
      assertThat(answer(second)).isEqualTo(42);
    }
  }

  @Test
  void replacesTheServerThatAKilledProcessLeftRunning() throws Exception {
    Process owner = startElsewhere();
    long left = pid();
    kill(owner.toHandle());
    assertThat(ProcessHandle.of(left)).isPresent();

    try (EmbeddedDatabase second = EmbeddedDatabase.start(home)) {
      assertThat(answer(second)).isEqualTo(42);
      assertThat(pid()).isNotEqualTo(left);
      assertThat(ProcessHandle.of(left).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    }
  }

  @Test
  @Tag("long")
  void startsAfterUnpackingWasInterrupted() throws Exception {
    // In processes of their own: one process unpacks only once, wherever to.
    killWithItsServer(startElsewhere());
    try (Stream<Path> servers = Files.list(home.resolve("postgres-binaries"))) {
      Files.delete(servers.findFirst().orElseThrow().resolve(".exists"));
    }
    killWithItsServer(startElsewhere());
  }

  @Test
  void isDurableAndAsksForPasswords() throws Exception {
    try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
      DatabaseUrl url = database.administrator("kite");
      assertThat(show(url, "fsync")).isEqualTo("on");
      assertThat(show(url, "synchronous_commit")).isEqualTo("on");
      assertThat(show(url, "full_page_writes")).isEqualTo("on");
      assertThatThrownBy(() -> execute(url.as("postgres", "wrong"), "SELECT 1"))
          .hasMessageContaining("password authentication failed");
      assertThat(Files.getPosixFilePermissions(home.resolve("postgres-password")).toString())
          .doesNotContain("GROUP")
          .doesNotContain("OTHERS");
    }
  }

  /** A process of its own that starts the database, commits a row and waits to be killed. */
  static final class Owner {
    private Owner() {}

    public static void main(String... arguments) throws Exception {
      EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(arguments[0]));
      execute(
          database.administrator("kite"), "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer");
      System.out.println(COMMITTED);
      Thread.currentThread().join();
    }
  }

  private Process startElsewhere() throws IOException {
    Process owner =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                home.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = owner.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.equals(COMMITTED)) {
        line = output.readLine();
      }
      assertThat(line).as("the other process commits its row").isEqualTo(COMMITTED);
    }
    return owner;
  }

  private void killWithItsServer(Process owner) throws Exception {
    ProcessHandle postmaster = ProcessHandle.of(pid()).orElseThrow();
    kill(owner.toHandle());
    kill(postmaster);
  }

  private static void kill(ProcessHandle process) throws Exception {
    process.destroyForcibly();
    process.onExit().get(10, TimeUnit.SECONDS);
  }

  private long pid() throws IOException {
    return Long.parseLong(
        Files.readAllLines(home.resolve("postgres/postmaster.pid")).getFirst().strip());
  }

  private static int answer(EmbeddedDatabase database) throws Exception {
    try (Connection connection = database.administrator("kite").connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT answer FROM kept")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static String show(DatabaseUrl url, String setting) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void execute(DatabaseUrl url, String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
