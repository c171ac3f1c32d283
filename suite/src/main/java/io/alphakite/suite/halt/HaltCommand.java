package io.alphakite.suite.halt;

import io.alphakite.engine.halt.Halt;
import io.alphakite.engine.halt.HaltFile;
import io.alphakite.engine.halt.HaltWatch;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.suite.broker.CommandBroker;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.database.CommandDatabase;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code ./kite halt} stops every order of the engine that looks at the same file, then cancels
 * what works at the broker; {@code ./kite resume} ends it. Neither needs PostgreSQL or the engine.
 *
 * <p>The file comes first. Orders that the account's owner placed elsewhere are never canceled by
 * us, and which those are only the database knows: while it does not answer, nothing is canceled
 * but on {@code --all} or a person's typed yes.
 */
public final class HaltCommand {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String USAGE =
      "halt [--reason TEXT] [--as NAME] [--all] [--json], or halt --status [--json]";

  /** An order has 10 s for its answer, and a listing may lag by a minute. */
  private static final int LATE_SECONDS = 75;

  private static final Duration SEEN_MAX = Duration.ofSeconds(3);
  private static final Duration SEEN_LOOK = Duration.ofMillis(100);

  /** Only here, with the engine's share free: many orders want many requests. */
  private static final int REQUESTS_PER_MINUTE = 110;

  private final Settings settings;
  private final InstantSource clock;
  private final Terminal terminal;
  private final Person person;
  private final Duration patience;
  private final HaltFile file;

  /** Who is asked. */
  @FunctionalInterface
  public interface Person {

    /** Null when nobody is there to answer. */
    @Nullable String answer(String question);
  }

  /**
   * A command with its surroundings.
   *
   * @param patience how long to wait until no order works any more, beyond HALT_LOOK_SECONDS
   */
  public HaltCommand(
      Settings settings, InstantSource clock, Terminal terminal, Person person, Duration patience) {
    this.settings = settings;
    this.clock = clock;
    this.terminal = terminal;
    this.person = person;
    this.patience = patience;
    this.file = HaltFile.of(settings);
  }

  private record Words(String reason, String by, boolean all, boolean flatten, boolean status) {

    /** Null when they make no sense. */
    static @Nullable Words of(List<String> words) {
      String reason = "";
      String by = System.getProperty("user.name", "somebody");
      Set<String> flags = new TreeSet<>();
      for (int i = 0; i < words.size(); i++) {
        switch (words.get(i)) {
          case "--all", "--flatten", "--status" -> flags.add(words.get(i));
          case "--reason", "--as" -> {
            if (i + 1 == words.size()) {
              return null;
            }
            String text = words.get(i + 1);
            if (words.get(i).equals("--reason")) {
              reason = text;
            } else {
              by = text;
            }
            i++;
          }
          default -> {
            return null;
          }
        }
      }
      boolean status = flags.contains("--status");
      return status && words.size() > 1
          ? null
          : new Words(
              reason,
              by + " (./kite halt)",
              flags.contains("--all"),
              flags.contains("--flatten"),
              status);
    }
  }

  /**
   * Halts and cancels.
   *
   * @param arguments as after {@code ./kite halt}
   * @param written whether the caller has written the file already
   * @return 0 when trading is halted and nothing works any more that is not known to have been
   *     placed elsewhere; 1 when something does, or nobody can tell; 2 when the words make no sense
   */
  public int halt(List<String> arguments, boolean written) {
    Words words = Words.of(arguments.stream().filter(word -> !word.equals("--json")).toList());
    if (words == null) {
      terminal.fail(USAGE);
      return 2;
    }
    if (words.status()) {
      return status();
    }
    ObjectNode answer = JSON.createObjectNode();
    boolean well = writeFile(words, written, answer);
    Books books = haltDatabase(words, answer);
    well &= cancel(books, words.all(), answer);
    well &= books == null || seen(books, answer);
    answer.put("halted", file.halted() != null);
    if (words.flatten()) {
      well = false;
      terminal.say(
          "Positions are not closed by this command: do that on the broker's own page, or resume"
              + " and POST /v1/trading/kill {\"flatten\":true}.");
    }
    if (terminal.json()) {
      terminal.print(answer.put("well", well));
    } else {
      terminal.line("Trading stays halted until a person ends it: ./kite resume");
    }
    return well ? 0 : 1;
  }

  private boolean writeFile(Words words, boolean written, ObjectNode answer) {
    answer.put("file", file.toString());
    try {
      if (!written || file.halted() == null) {
        String problem = file.write(clock.instant(), words.by(), words.reason(), null);
        if (problem != null) {
          terminal.note("kite: the file halts, but was not written whole: " + problem);
          answer.put("file_problem", problem);
        }
      }
      terminal.say(
          "Halted: " + file + " is written. An engine that looks at it sends nothing from now on.");
      return true;
    } catch (IOException e) {
      terminal.note(
          "kite: THE HALT FILE CANNOT BE WRITTEN: " + file + ": " + CommandException.firstLine(e));
      answer.put("file_problem", CommandException.firstLine(e));
      return false;
    }
  }

  /** Halts it too when it answers; null when it does not. */
  private @Nullable Books haltDatabase(Words words, ObjectNode answer) {
    Books books;
    try {
      books = Books.open(settings);
    } catch (CommandException | SettingsException e) {
      terminal.say("The database does not answer, the file halts alone: " + e.getMessage());
      answer.put("database", "no answer: " + e.getMessage());
      return null;
    }
    try {
      books.halt(
          "halted by " + words.by() + (words.reason().isEmpty() ? "" : ": ") + words.reason());
      terminal.say("The database says so too; a running engine cancels its orders.");
      answer.put("database", "halted");
    } catch (CommandException e) {
      terminal.say("The database could not be told, the file halts alone: " + e.getMessage());
      answer.put("database", "not told: " + e.getMessage());
    }
    return books;
  }

  // --- orders ----------------------------------------------------------------------------------

  /** Whether nothing works any more that this may cancel, and that is known. */
  private boolean cancel(@Nullable Books books, boolean all, ObjectNode answer) {
    Sweep.Patience looks = new Sweep.Patience(late(), patience);
    return new Sweep(() -> connect(books), books, all, looks, person, terminal, answer).run();
  }

  private OpenOrders connect(@Nullable Books books) {
    Settings asRun = CommandBroker.asLastRun(settings);
    OpenOrders orders =
        OpenOrders.at(
            CommandBroker.connect(
                asRun, clock, CommandDatabase.refreshLock(settings), REQUESTS_PER_MINUTE),
            asRun.text("SCHWAB_ACCOUNT").orElse(null),
            clock);
    try {
      String other = books == null ? null : books.standing().otherThan(orders);
      if (other != null) {
        throw new SettingsException(
            "the engine trades at "
                + other
                + ", and this would cancel at "
                + orders.where()
                + ": set SCHWAB_BASE_URL and SCHWAB_ACCOUNT as the engine has them");
      }
    } catch (CommandException e) {
      terminal.say("The database does not tell where the engine trades: " + e.getMessage());
    }
    return orders;
  }

  private Duration late() {
    try {
      return Duration.ofSeconds(settings.integer("HALT_LOOK_SECONDS", LATE_SECONDS, 0, 600));
    } catch (SettingsException e) {
      terminal.note("kite: " + e.getMessage() + "; it is " + LATE_SECONDS + " here");
      return Duration.ofSeconds(LATE_SECONDS);
    }
  }

  /** Whether the engine that runs, if one does, looks at this very file. */
  private boolean seen(Books books, ObjectNode answer) {
    long end = System.nanoTime() + SEEN_MAX.toNanos();
    try {
      while (true) {
        Books.Standing now = books.standing();
        if (file.look() instanceof HaltFile.Look.Halted(Halt halt)
            && halt.id().equals(now.shown())) {
          terminal.say("The engine sees this file.");
          answer.put("engine", "sees the file");
          return true;
        }
        if (!now.heard()) {
          terminal.say("No engine has seen this file yet: none was heard of in the last 10 s.");
          answer.put("engine", "not heard of");
          return true;
        }
        if (System.nanoTime() >= end) {
          terminal.note(
              "kite: THE ENGINE THAT RUNS DOES NOT SEE THIS FILE: "
                  + file
                  + ": set HALT_FILE as the engine has it. What the database says halts it alone.");
          answer.put("engine", "does not see the file");
          return false;
        }
        Thread.sleep(SEEN_LOOK);
      }
    } catch (CommandException e) {
      terminal.say("Whether the engine has seen this file is not known: " + e.getMessage());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted: trading is halted, orders may still work", e);
    }
  }

  // --- status and resume -----------------------------------------------------------------------

  private int status() {
    ObjectNode answer = JSON.createObjectNode();
    String halted = file.halted();
    answer.put("file", file.toString()).put("file_halts", halted != null).put("file_says", halted);
    terminal.say(
        halted == null ? "No halt file: " + file : "Halted by the file " + file + ": " + halted);
    int status = 0;
    try {
      Books.Standing standing = Books.open(settings).standing();
      answer.put("database", standing.state()).put("database_says", standing.reason());
      String engine =
          standing.shown() != null
              ? "; the engine sees a halt file"
              : halted == null ? "" : "; the engine has not seen the file";
      terminal.say(
          "The database says "
              + standing.state()
              + (standing.reason() == null ? "" : " (" + standing.reason() + ")")
              + engine);
      answer.put("halted", halted != null || standing.halted());
    } catch (CommandException | SettingsException e) {
      answer.put("database", "no answer: " + e.getMessage());
      terminal.say("The database does not answer: " + e.getMessage());
      answer.put("halted", halted != null);
      status = 1;
    }
    if (terminal.json()) {
      terminal.print(answer);
    }
    return status;
  }

  /**
   * Ends the halt, once a person has typed so.
   *
   * @return 0 when nothing halts any more; 1 when something may
   */
  public int resume(List<String> arguments) {
    if (!arguments.stream().allMatch("--json"::equals)) {
      terminal.fail("resume takes --json alone");
      return 2;
    }
    HaltFile.Look look = file.look();
    if (look instanceof HaltFile.Look.Unreadable(String why)) {
      return terminal.fail(why + ": trading stays halted until that is mended");
    }
    Halt halt = look instanceof HaltFile.Look.Halted(Halt there) ? there : null;
    Books books = null;
    Books.Standing standing = null;
    String silence = "";
    try {
      books = Books.open(settings);
      standing = books.standing();
    } catch (CommandException | SettingsException e) {
      silence = String.valueOf(e.getMessage());
    }
    if (standing != null && HaltWatch.UNREADABLE.equals(standing.shown())) {
      return terminal.fail(
          "the engine cannot look for its halt file: "
              + standing.reason()
              + ": trading stays halted until that is mended");
    }
    if (halt == null && standing != null && standing.state().equals("active")) {
      terminal.note("Trading is not halted.");
      return 0;
    }
    if (halt == null && standing == null) {
      return terminal.fail("there is no halt file, and the database does not answer: " + silence);
    }
    terminal.note(
        halt != null
            ? "Trading is " + halt.told()
            : "Trading is halted or limited: " + (standing == null ? "" : standing.reason()));
    String said = person.answer("Orders may be sent again after this. Type resume: ");
    if (said == null || !said.strip().equals("resume")) {
      return terminal.fail("nothing is changed: trading stays halted");
    }
    return resume(books, standing, halt, silence);
  }

  private int resume(
      @Nullable Books books,
      Books.@Nullable Standing standing,
      @Nullable Halt halt,
      String silence) {
    String problem = silence.isEmpty() ? null : silence;
    try {
      // Told first: the engine writes the file anew while the database alone says halted.
      if (books != null
          && standing != null
          && !books.resume(standing, halt == null ? null : halt.id())) {
        return terminal.fail("somebody halted again meanwhile: look again, with ./kite resume");
      }
    } catch (CommandException e) {
      problem = String.valueOf(e.getMessage());
    }
    try {
      if (halt != null && !file.clear(halt.id())) {
        return terminal.fail("somebody halted again meanwhile: " + file.halted());
      }
    } catch (IOException e) {
      return terminal.fail(file + " cannot be taken away: " + CommandException.firstLine(e));
    }
    if (problem != null) {
      return terminal.fail(
          "the file is gone, but the database could not be told and may still say halted: "
              + problem
              + "; run ./kite resume again when it answers, or resume on the page");
    }
    terminal.note("Trading goes on as it was, armed or not.");
    return 0;
  }
}
