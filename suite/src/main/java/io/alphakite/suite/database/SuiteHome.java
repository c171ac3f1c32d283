package io.alphakite.suite.database;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.platform.settings.Settings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** The directory a suite keeps its data in: {@code KITE_HOME}, default {@code .kite}. */
public record SuiteHome(Path directory) {

  /** The embedded database of replayed days. */
  public static final String SIMULATED = "kite_simulated";

  /** The embedded database of real days; the two never meet in one. */
  public static final String LIVE = "kite_live";

  /** The embedded database of the newest replay; made anew for each. */
  public static final String REPLAYED = "kite_replayed";

  /** What the connections of commands are called. */
  static final String COMMAND = "kite-command";

  /** The home of these settings. */
  public static SuiteHome of(Settings settings) {
    return new SuiteHome(Path.of(settings.text("KITE_HOME", ".kite")).toAbsolutePath().normalize());
  }

  /** Where the embedded PostgreSQL keeps its files. */
  public Path data() {
    return directory.resolve("postgres");
  }

  /** Whether a suite with an embedded database ever ran here. */
  public boolean hasData() {
    return Files.isDirectory(data());
  }

  /** Where a suite on the simulator keeps its tokens, unless it is told otherwise. */
  public Path simulatorToken() {
    return directory.resolve("simulator-token.json");
  }

  /**
   * Keeps everybody else from running a server or a suite here until it is closed; empty when
   * another process does.
   */
  public Optional<FileChannel> lock() throws IOException {
    FileChannel file =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (file.tryLock() != null) {
        return Optional.of(file);
      }
    } catch (OverlappingFileLockException _) {
      // Held by this very process.
    }
    file.close();
    return Optional.empty();
  }

  /** Remembers which database a suite runs on, for the commands that come later. */
  public void remember(String database) throws IOException {
    Files.writeString(directory.resolve("database"), database + "\n");
  }

  /** The embedded database of the suite that runs here or ran here last. */
  public String databaseName() throws IOException {
    try {
      return Files.readString(directory.resolve("database"), StandardCharsets.US_ASCII)
              .strip()
              .equals(LIVE)
          ? LIVE
          : SIMULATED;
    } catch (NoSuchFileException _) {
      return SIMULATED;
    }
  }

  /** The port of the embedded server, when one runs and takes connections. */
  Optional<Integer> runningPort() throws IOException {
    // Line 1 is the process, 4 the port, 8 its status.
    List<String> lines;
    try {
      lines = Files.readAllLines(data().resolve("postmaster.pid"));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
    if (lines.size() < 8 || !lines.get(7).strip().equals("ready")) {
      return Optional.empty();
    }
    try {
      long pid = Long.parseLong(lines.get(0).strip());
      int port = Integer.parseInt(lines.get(3).strip());
      return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).map(_ -> port);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** The database at this port, as this role. */
  DatabaseUrl database(int port, DatabaseRole role) throws IOException {
    String password =
        Files.readString(directory.resolve("postgres-password"), StandardCharsets.US_ASCII);
    return DatabaseUrl.parse(
        "jdbc:postgresql://127.0.0.1:"
            + port
            + "/"
            + databaseName()
            + "?options=-c%20role="
            + role.roleName()
            + "&ApplicationName="
            + COMMAND,
        "postgres",
        password.strip());
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
