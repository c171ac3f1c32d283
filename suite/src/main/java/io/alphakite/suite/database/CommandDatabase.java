package io.alphakite.suite.database;

import io.alphakite.db.AdvisoryLock;
import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.platform.database.DatabaseSettings;
import io.alphakite.platform.database.SchemaCheck;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.schwab.auth.RefreshLock;
import io.alphakite.suite.command.CommandException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The database that a command works on: that of {@code DATABASE_URL}, else the embedded one under
 * {@code KITE_HOME}, which is started for the duration of the command when no suite runs it.
 *
 * <p>Under {@code DATABASE_URL} the command connects as the role with that role's {@code
 * KITE_..._DB_PASSWORD} where it is set, else as {@code DATABASE_USER}. In the embedded one it is
 * the superuser who at once becomes the role.
 */
public final class CommandDatabase implements AutoCloseable {
  private static final Map<DatabaseRole, String> PASSWORDS =
      Map.of(
          DatabaseRole.STREAMER, "KITE_STREAMER_DB_PASSWORD",
          DatabaseRole.ENGINE, "KITE_ENGINE_DB_PASSWORD",
          DatabaseRole.GATEWAY, "KITE_GATEWAY_DB_PASSWORD");

  private static final String NO_DATA = "there is no data yet: run ./kite up";

  /** {@code invalid_catalog_name}. */
  private static final String NO_SUCH_DATABASE = "3D000";

  /** A server that was stopped takes connections and never answers. */
  private static final String IMPATIENT = "connectTimeout=3&loginTimeout=5&socketTimeout=";

  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Duration OTHERS_POLL = Duration.ofMillis(500);

  private final DatabaseUrl url;
  private final String name;
  private final @Nullable Embedded started;

  private CommandDatabase(DatabaseUrl url, String name, @Nullable Embedded started) {
    this.url = url;
    this.name = name;
    this.started = started;
  }

  /**
   * Connects once, to see that it can.
   *
   * @param role what the command may do
   * @throws CommandException with one line when there is no database, or none of this build
   */
  public static CommandDatabase open(Settings settings, DatabaseRole role) {
    return open(settings, role, System.err::println);
  }

  /**
   * One that runs already, asked with a patience of seconds: for those who cannot wait, nor start
   * one.
   *
   * @throws CommandException with one line when it does not answer
   */
  public static CommandDatabase running(Settings settings, DatabaseRole role) {
    return running(settings, role, SILENCE);
  }

  private static CommandDatabase running(Settings settings, DatabaseRole role, Duration silence) {
    CommandDatabase database = running(settings, role, SuiteHome.of(settings), silence);
    try {
      SchemaCheck.require(database.url);
      return database;
    } catch (SQLException | SettingsException e) {
      throw new CommandException(CommandException.firstLine(e), e);
    }
  }

  private static CommandDatabase running(
      Settings settings, DatabaseRole role, SuiteHome home, Duration silence) {
    DatabaseUrl url;
    if (settings.text("DATABASE_URL").isPresent()) {
      url = named(settings, role);
    } else {
      try {
        Optional<Integer> port = home.runningPort();
        if (port.isEmpty()) {
          throw new CommandException("no database runs in " + home);
        }
        url = home.database(port.get(), role);
      } catch (IOException e) {
        throw new CommandException("no database runs in " + home, e);
      }
    }
    String more = (url.jdbcUrl().contains("?") ? "&" : "?") + IMPATIENT + silence.toSeconds();
    return new CommandDatabase(
        new DatabaseUrl(url.jdbcUrl() + more, url.user(), url.password()), "running", null);
  }

  /**
   * The lock of the token refresh in the database that runs. Where none answers, the lock of the
   * token file remains.
   */
  public static RefreshLock refreshLock(Settings settings) {
    return patience ->
        new AdvisoryLock(
                () -> {
                  try {
                    // Who waits for the lock hears nothing meanwhile.
                    return running(settings, DatabaseRole.GATEWAY, patience.plus(SILENCE))
                        .connect();
                  } catch (CommandException | SettingsException e) {
                    throw new SQLException(e.getMessage(), e);
                  }
                },
                AdvisoryLock.SCHWAB_TOKENS)
            .acquire(patience);
  }

  /** The same, told where to say that another command is waited for. */
  static CommandDatabase open(Settings settings, DatabaseRole role, Consumer<String> talk) {
    CommandDatabase database =
        settings.text("DATABASE_URL").isPresent()
            ? new CommandDatabase(named(settings, role), "DATABASE_URL", null)
            : embedded(SuiteHome.of(settings), role, talk);
    try {
      SchemaCheck.require(database.url);
      return database;
    } catch (SettingsException e) {
      database.close();
      throw new CommandException(database.embedded() ? NO_DATA : String.valueOf(e.getMessage()), e);
    } catch (SQLException e) {
      database.close();
      throw new CommandException(
          NO_SUCH_DATABASE.equals(e.getSQLState()) && database.embedded()
              ? NO_DATA
              : "cannot connect to the database: " + CommandException.firstLine(e),
          e);
    }
  }

  /** Where it is and as whom; every connection made from it has the role's rights. */
  public DatabaseUrl url() {
    return url;
  }

  /** A new connection; the caller closes it. */
  public Connection connect() throws SQLException {
    return url.connect();
  }

  /** A new connection each time: for those who take a data source. */
  public DataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url.jdbcUrl());
    source.setUser(url.user());
    source.setPassword(url.password());
    return source;
  }

  /** {@code kite_simulated}, {@code kite_live} or {@code DATABASE_URL}: for a person. */
  public String name() {
    return name;
  }

  /** Whether it is the embedded one of real days. */
  public boolean live() {
    return name.equals(SuiteHome.LIVE);
  }

  private boolean embedded() {
    return !name.equals("DATABASE_URL");
  }

  /** Stops the embedded server when this command started it, once no other command uses it. */
  @Override
  public void close() {
    if (started != null) {
      started.close();
    }
  }

  // --- DATABASE_URL ----------------------------------------------------------------------------

  private static DatabaseUrl named(Settings settings, DatabaseRole role) {
    DatabaseUrl database;
    try {
      database = DatabaseSettings.of(settings, role);
    } catch (SettingsException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
    String password = PASSWORDS.get(role);
    return password == null
        ? database
        : settings
            .text(password)
            .map(value -> database.as(role.roleName(), value))
            .orElse(database);
  }

  // --- the embedded one ------------------------------------------------------------------------

  private static CommandDatabase embedded(
      SuiteHome home, DatabaseRole role, Consumer<String> talk) {
    if (!home.hasData()) {
      throw new CommandException(NO_DATA);
    }
    try {
      Optional<Integer> port = home.runningPort();
      if (port.isEmpty()) {
        Embedded server = Embedded.start(home, talk);
        return new CommandDatabase(home.database(server.port(), role), home.databaseName(), server);
      }
      return new CommandDatabase(home.database(port.get(), role), home.databaseName(), null);
    } catch (IOException e) {
      throw new CommandException(
          "cannot start the database of " + home + ": " + CommandException.firstLine(e), e);
    }
  }

  /** The server that this command started, and the lock that keeps a suite from doing so too. */
  private static final class Embedded implements AutoCloseable {
    private final FileChannel lock;
    private final EmbeddedDatabase server;
    private final Consumer<String> talk;
    private final Thread hook = new Thread(this::stop, "kite-database-stop");
    private boolean stopped;

    private Embedded(FileChannel lock, EmbeddedDatabase server, Consumer<String> talk) {
      this.lock = lock;
      this.server = server;
      this.talk = talk;
    }

    static Embedded start(SuiteHome home, Consumer<String> talk) throws IOException {
      FileChannel lock =
          home.lock()
              .orElseThrow(
                  () ->
                      new CommandException(
                          "Alpha Kite is just starting or stopping in "
                              + home
                              + ": try again in a moment"));
      try {
        Embedded started = new Embedded(lock, EmbeddedDatabase.start(home.directory()), talk);
        // Ctrl-C: the server must not stay behind.
        Runtime.getRuntime().addShutdownHook(started.hook);
        return started;
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    }

    int port() {
      return server.port();
    }

    @Override
    public void close() {
      awaitOthers();
      stop();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException _) {
        // The process ends already, and the hook finds it stopped.
      }
    }

    /** Another command that found this server running may be at work on it still. */
    private void awaitOthers() {
      boolean told = false;
      try (Connection connection = server.administrator("postgres").connect();
          Statement statement = connection.createStatement()) {
        while (others(statement) > 0) {
          if (!told) {
            told = true;
            talk.accept(
                "Another command still uses this database: waiting for it (Ctrl-C stops both).");
          }
          Thread.sleep(OTHERS_POLL);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (SQLException | IOException _) {
        // It is gone already.
      }
    }

    private static int others(Statement statement) throws SQLException {
      try (ResultSet row =
          statement.executeQuery(
              "SELECT count(*) FROM pg_stat_activity"
                  + " WHERE application_name = '"
                  + SuiteHome.COMMAND
                  + "'")) {
        row.next();
        return row.getInt(1);
      }
    }

    private synchronized void stop() {
      if (stopped) {
        return;
      }
      stopped = true;
      try (lock) {
        server.close();
      } catch (IOException e) {
        talk.accept("kite: the database did not stop well: " + e.getMessage());
      }
    }
  }
}
