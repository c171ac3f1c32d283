package io.alphakite.suite.journal;

import io.alphakite.db.DatabaseRole;
import io.alphakite.engine.order.jdbc.JournalCheck;
import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.database.CommandDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code journal verify [--json]}: reads the journal of orders and compares it with the orders. */
public final class JournalCommand {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Settings settings;
  private final Terminal terminal;

  /** A command with its surroundings. */
  public JournalCommand(Settings settings, Terminal terminal) {
    this.settings = settings;
    this.terminal = terminal;
  }

  /** Runs it; 0 when the journal holds, 1 when it does not, 2 for words it cannot use. */
  public int run(List<String> words) {
    if (!words.stream().filter(word -> !word.equals("--json")).toList().equals(List.of("verify"))) {
      terminal.fail("journal takes verify and --json");
      return 2;
    }
    try (CommandDatabase database = CommandDatabase.open(settings, DatabaseRole.ENGINE);
        Connection connection = database.connect()) {
      return print(database.name(), JournalCheck.run(connection));
    } catch (CommandException e) {
      return terminal.fail(CommandException.firstLine(e));
    } catch (SQLException e) {
      return terminal.fail("the database: " + CommandException.firstLine(e));
    }
  }

  private int print(String name, JournalCheck.Report report) {
    JournalCheck.Break found = report.firstBreak();
    if (terminal.json()) {
      ObjectNode root =
          JSON.createObjectNode()
              .put("database", name)
              .put("events", report.events())
              .put("chains", report.chains())
              .put("valid", found == null);
      if (found == null) {
        root.putNull("first_break");
      } else {
        root.putObject("first_break")
            .put("account_id", found.accountId())
            .put("event_id", found.event())
            .put("reason", found.reason());
      }
      terminal.print(root);
    } else {
      terminal.line("Database        " + name);
      terminal.line("Events checked  " + report.events());
      terminal.line("Chains          " + report.chains());
      terminal.line(
          found == null
              ? "The journal holds, and the orders stand where it says."
              : "First break     account "
                  + found.accountId()
                  + (found.event() == null ? "" : ", event " + found.event())
                  + ": "
                  + found.reason());
    }
    return found == null ? 0 : 1;
  }
}
