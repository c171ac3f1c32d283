package io.alphakite.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What is committed stays, however the process before ended. */
class EmbeddedDatabaseTest {
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
  void keepsCommittedRowsWhenTheServerIsKilled() throws Exception {
    EmbeddedDatabase first = EmbeddedDatabase.start(home);
    execute(first.administrator("kite"), "CREATE TABLE kept AS SELECT 42 AS answer");
    ProcessHandle postmaster = ProcessHandle.of(pid()).orElseThrow();
    postmaster.destroyForcibly();
    postmaster.onExit().get(10, TimeUnit.SECONDS);

    try (EmbeddedDatabase second = EmbeddedDatabase.start(home)) {
      assertThat(answer(second)).isEqualTo(42);
    }
  }

  @Test
  void replacesTheServerThatAKilledProcessLeftRunning() throws Exception {
    // Never closed, as when its process was killed; the server lives on.
    EmbeddedDatabase left = EmbeddedDatabase.start(home);
    execute(left.administrator("kite"), "CREATE TABLE kept AS SELECT 42 AS answer");
    long leftPid = pid();

    try (EmbeddedDatabase second = EmbeddedDatabase.start(home)) {
      assertThat(answer(second)).isEqualTo(42);
      assertThat(pid()).isNotEqualTo(leftPid);
      assertThat(ProcessHandle.of(leftPid).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    }
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
