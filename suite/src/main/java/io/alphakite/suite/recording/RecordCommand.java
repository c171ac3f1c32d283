package io.alphakite.suite.recording;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.settings.Settings;
import io.alphakite.streaming.recording.Recordings;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.database.CommandDatabase;
import io.alphakite.suite.database.SuiteHome;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code record on|off|status|list [--json]}. */
public final class RecordCommand {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The streaming service says every two seconds how it stands. */
  private static final Duration SILENT = Duration.ofSeconds(15);

  private final Settings settings;
  private final InstantSource clock;
  private final Terminal terminal;

  /** A command with its surroundings. */
  public RecordCommand(Settings settings, InstantSource clock, Terminal terminal) {
    this.settings = settings;
    this.clock = clock;
    this.terminal = terminal;
  }

  /** Where recordings lie: {@code RECORD_DIR}, else under {@code KITE_HOME}. */
  public static Path directory(Settings settings) {
    return settings
        .text("RECORD_DIR")
        .map(Path::of)
        .orElseGet(() -> SuiteHome.of(settings).directory().resolve("recordings"));
  }

  /** Runs it; 0 when done, 1 when not (one line says why), 2 for words it cannot use. */
  public int run(List<String> words) {
    List<String> verbs = words.stream().filter(word -> !word.equals("--json")).toList();
    try {
      return switch (verbs.size() == 1 ? verbs.getFirst() : "") {
        case "on" -> want(true);
        case "off" -> want(false);
        case "status" -> status();
        case "list" -> list();
        default -> {
          terminal.fail("record takes on, off, status or list, and --json");
          yield 2;
        }
      };
    } catch (CommandException e) {
      return terminal.fail(CommandException.firstLine(e));
    } catch (SQLException e) {
      return terminal.fail("the database: " + CommandException.firstLine(e));
    } catch (IOException e) {
      return terminal.fail(
          "cannot read " + directory(settings) + ": " + CommandException.firstLine(e));
    }
  }

  private int want(boolean wanted) throws SQLException {
    try (CommandDatabase database = CommandDatabase.open(settings, DatabaseRole.STREAMER);
        Connection connection = database.connect();
        PreparedStatement update =
            connection.prepareStatement("UPDATE streaming.recording SET wanted = ?")) {
      update.setBoolean(1, wanted);
      update.executeUpdate();
      if (terminal.json()) {
        terminal.print(JSON.createObjectNode().put("wanted", wanted));
      } else {
        terminal.line(
            wanted
                ? "Frames are recorded from now on. A day that began without is marked incomplete."
                : "Frames are not recorded any more.");
      }
      return 0;
    }
  }

  private int status() throws SQLException {
    try (CommandDatabase database = CommandDatabase.open(settings, DatabaseRole.STREAMER);
        Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM streaming.recording")) {
      row.next();
      OffsetDateTime reported = row.getObject("reported_at", OffsetDateTime.class);
      Instant since = clock.instant().minus(SILENT);
      boolean heard = reported != null && reported.toInstant().isAfter(since);
      boolean active = heard && row.getBoolean("active");
      String problem = row.getString("problem");
      if (terminal.json()) {
        terminal.print(
            JSON.createObjectNode()
                .put("active", active)
                .put("service_heard", heard)
                .put("wanted", row.getObject("wanted", Boolean.class))
                .put("directory", row.getString("directory"))
                .put("frames", row.getLong("frames"))
                .put("bytes", row.getLong("bytes"))
                .put("missed", row.getLong("missed"))
                .put("problem", problem));
      } else if (!heard) {
        terminal.line("The streaming service is not heard: is it running? (./kite up)");
      } else {
        terminal.line(
            "%s, into %s: %,d frames, %,d missed%s"
                .formatted(
                    active ? "Recording" : "Not recording",
                    row.getString("directory"),
                    row.getLong("frames"),
                    row.getLong("missed"),
                    problem == null ? "" : "; " + problem));
      }
      return heard && problem == null ? 0 : 1;
    }
  }

  private int list() throws IOException {
    List<Recordings.Day> days = new Recordings(directory(settings)).days();
    if (terminal.json()) {
      ObjectNode root = JSON.createObjectNode().put("directory", directory(settings).toString());
      ArrayNode list = root.putArray("days");
      days.forEach(
          day ->
              list.addObject()
                  .put("date", day.date().toString())
                  .put("frames", day.frames())
                  .put("bytes", day.bytes())
                  .put("missed", day.missed())
                  .put("complete", day.complete()));
      terminal.print(root);
      return 0;
    }
    if (days.isEmpty()) {
      terminal.line("Nothing is recorded in " + directory(settings) + ".");
    }
    for (Recordings.Day day : days) {
      terminal.line(
          "%s  %,12d frames  %,9d kB%s"
              .formatted(
                  day.date(),
                  day.frames(),
                  day.bytes() >> 10,
                  day.complete() ? "" : "  incomplete (%,d missed)".formatted(day.missed())));
    }
    return 0;
  }
}
