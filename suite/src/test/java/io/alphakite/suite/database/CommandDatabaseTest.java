package io.alphakite.suite.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.db.Migrations;
import io.alphakite.platform.settings.Settings;
import io.alphakite.schwab.auth.RefreshLock;
import io.alphakite.suite.command.CommandException;
import io.alphakite.testing.TestDatabase;
import java.io.Closeable;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A command finds its database, or says in one line why not. */
class CommandDatabaseTest {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path home;

  @Test
  void connectsToTheNamedDatabaseAsTheRole() throws SQLException {
    try (TestDatabase database = TestDatabase.create()) {
      Settings settings =
          Settings.of(
              Map.of(
                  "DATABASE_URL", database.jdbcUrl(),
                  "DATABASE_USER", "kite_admin",
                  "DATABASE_PASSWORD", "kite_admin",
                  "KITE_STREAMER_DB_PASSWORD", "kite_streamer"));
      try (CommandDatabase command = CommandDatabase.open(settings, DatabaseRole.STREAMER)) {
        assertThat(user(command)).isEqualTo("kite_streamer");
      }
      try (CommandDatabase command = CommandDatabase.open(settings, DatabaseRole.ENGINE)) {
        assertThat(user(command)).isEqualTo("kite_admin");
      }
    }
  }

  /** As long as it takes: a lock that is held is no database that is away. */
  @Test
  @Tag("long")
  void waitsForTheRefreshLockAsLongAsItWasTold() throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      Settings settings =
          Settings.of(
              Map.of(
                  "DATABASE_URL", database.jdbcUrl(),
                  "DATABASE_USER", "kite_gateway",
                  "DATABASE_PASSWORD", "kite_gateway"));
      RefreshLock lock = CommandDatabase.refreshLock(settings);
      try (Closeable held = lock.acquire(Duration.ofSeconds(20))) {
        assertThat(held).isNotNull();
        assertThatThrownBy(() -> lock.acquire(Duration.ofSeconds(6)))
            .isInstanceOf(TimeoutException.class);
      }
    }
  }

  @Test
  void saysInOneLineWhyThereIsNoDatabase() throws Exception {
    Map<String, String> nothing = Map.of("KITE_HOME", home.toString());
    refused(nothing, "there is no data yet: run ./kite up");
    refused(Map.of("DATABASE_URL", "mysql://x/y"), "DATABASE_URL must look like");
    refused(
        Map.of("DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/kite"),
        "cannot connect to the database");

    Files.createDirectories(new SuiteHome(home).data());
    try (FileChannel held = new SuiteHome(home).lock().orElseThrow()) {
      assertThat(held.isOpen()).isTrue();
      refused(nothing, "just starting or stopping");
    }
  }

  @Test
  void usesTheEmbeddedServerThatRunsAndStartsOneThatDoesNot() throws Exception {
    Settings settings = Settings.of(Map.of("KITE_HOME", home.toString()));
    SuiteHome suite = SuiteHome.of(settings);
    try (EmbeddedDatabase running = EmbeddedDatabase.start(home)) {
      refused(settings.all(), "there is no data yet: run ./kite up");
      Migrations.apply(running.administrator(SuiteHome.LIVE), Map.of());
      suite.remember(SuiteHome.LIVE);
      try (CommandDatabase command = CommandDatabase.open(settings, DatabaseRole.STREAMER)) {
        assertThat(command.name()).isEqualTo("kite_live");
        assertThat(command.live()).isTrue();
        assertThat(user(command)).isEqualTo("kite_streamer");
        assertThatThrownBy(() -> execute(command.url(), "DELETE FROM equity_data"))
            .hasMessageContaining("permission denied");
        execute(command.url(), "UPDATE tickers SET streamed = false");
      }
      assertThat(suite.runningPort()).isPresent();
    }
    assertThat(suite.runningPort()).isEmpty();
    try (CommandDatabase command = CommandDatabase.open(settings, DatabaseRole.GATEWAY)) {
      assertThat(suite.lock()).as("no suite starts meanwhile").isEmpty();
      // A second command finds the first one's server.
      try (CommandDatabase second = CommandDatabase.open(settings, DatabaseRole.GATEWAY)) {
        assertThat(user(second)).isEqualTo("kite_gateway");
      }
      assertThat(user(command)).isEqualTo("kite_gateway");
    }
    assertThat(suite.runningPort()).isEmpty();
    suite.lock().orElseThrow().close();
  }

  private static void refused(Map<String, String> settings, String why) {
    assertThatThrownBy(() -> CommandDatabase.open(Settings.of(settings), DatabaseRole.STREAMER))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
  }

  private static String user(CommandDatabase database) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_user")) {
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
