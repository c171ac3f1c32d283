package io.alphakite.suite.halt;

import io.alphakite.engine.halt.Halt;
import io.alphakite.engine.halt.HaltFile;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.suite.broker.CommandBroker;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.database.CommandDatabase;
import io.alphakite.suite.database.SuiteHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
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
  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(1);

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
   * @param patience how long to wait until no order works any more
   */
  public HaltCommand(
      Settings settings, InstantSource clock, Terminal terminal, Person person, Duration patience) {
    this.settings = settings;
    this.clock = clock;
    this.terminal = terminal;
    this.person = person;
    this.patience = patience;
    this.file = new HaltFile(path(settings));
  }

  /** Where the halt file is: {@code HALT_FILE}, else {@code halt} under {@code KITE_HOME}. */
  public static Path path(Settings settings) {
    return settings
        .text("HALT_FILE")
        .map(Path::of)
        .orElseGet(() -> SuiteHome.of(settings).directory().resolve("halt"));
  }

  /** Whose an order is. */
  private enum Whose {
    OURS,
    ELSEWHERE,
    UNTOLD;

    String word() {
      return switch (this) {
        case OURS -> "ours";
        case ELSEWHERE -> "placed elsewhere";
        case UNTOLD -> "whose cannot be told";
      };
    }
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
    answer.put("halted", file.halted() != null);
    if (words.flatten()) {
      well = false;
      say(
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
        file.write(clock.instant(), words.by(), words.reason(), null);
      }
      say("Halted: " + file + " is written. No order is sent from now on.");
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
      say("The database does not answer, the file halts alone: " + e.getMessage());
      answer.put("database", "no answer: " + e.getMessage());
      return null;
    }
    try {
      books.halt(
          "halted by " + words.by() + (words.reason().isEmpty() ? "" : ": ") + words.reason());
      say("The database says so too; a running engine cancels its orders.");
      answer.put("database", "halted");
    } catch (CommandException e) {
      say("The database could not be told, the file halts alone: " + e.getMessage());
      answer.put("database", "not told: " + e.getMessage());
    }
    return books;
  }

  // --- orders ----------------------------------------------------------------------------------

  /** Whether nothing works any more that this may cancel, and that is known. */
  private boolean cancel(@Nullable Books books, boolean all, ObjectNode answer) {
    Map<String, Boolean> owners = owners(books);
    String mode = mode(books);
    OpenOrders orders;
    Map<Long, BrokerOrder> open;
    try {
      orders =
          OpenOrders.at(
              CommandBroker.connect(
                  settings, clock, CommandDatabase.refreshLock(settings), REQUESTS_PER_MINUTE),
              settings.text("SCHWAB_ACCOUNT").orElse(null),
              clock);
      open = orders.open();
    } catch (CommandException | SettingsException e) {
      if ("paper".equals(mode)) {
        say("Paper trading: nothing of ours is at a broker, which cannot be asked either.");
        return true;
      }
      terminal.note("kite: whether orders work is not known: " + e.getMessage());
      answer.put("orders_problem", String.valueOf(e.getMessage()));
      return false;
    }
    boolean known = owners != null;
    Map<Long, Whose> whose = new TreeMap<>();
    open.keySet()
        .forEach(
            id ->
                whose.put(
                    id, whose(owners == null ? null : owners.get(Long.toString(id)), known, mode)));
    show(orders, open, whose);
    Set<Long> chosen = choose(whose, all, known);
    Map<Long, BrokerOrder> left = cancelUntilOver(orders, open, chosen, answer);
    return tell(left, whose, answer);
  }

  private @Nullable Map<String, Boolean> owners(@Nullable Books books) {
    try {
      return books == null ? null : books.owners();
    } catch (CommandException e) {
      say("The database does not tell whose orders are whose: " + e.getMessage());
      return null;
    }
  }

  private static @Nullable String mode(@Nullable Books books) {
    try {
      return books == null ? null : books.standing().mode();
    } catch (CommandException e) {
      return null;
    }
  }

  private static Whose whose(@Nullable Boolean ours, boolean known, @Nullable String mode) {
    if (ours != null) {
      return ours ? Whose.OURS : Whose.ELSEWHERE;
    }
    // On paper nothing of ours is sent that the books would not know.
    return known && "paper".equals(mode) ? Whose.ELSEWHERE : Whose.UNTOLD;
  }

  private void show(OpenOrders orders, Map<Long, BrokerOrder> open, Map<Long, Whose> whose) {
    say(
        open.isEmpty()
            ? "No order is open at " + orders.where() + "."
            : count(open.size(), "open order") + " at " + orders.where() + ":");
    open.forEach(
        (id, order) ->
            say(
                "  %d  %s  (%s)"
                    .formatted(
                        id, OpenOrders.told(order), whose.getOrDefault(id, Whose.UNTOLD).word())));
  }

  private Set<Long> choose(Map<Long, Whose> whose, boolean all, boolean known) {
    Set<Long> ours = of(whose, Whose.OURS);
    if (all) {
      return whose.keySet();
    }
    Set<Long> untold = of(whose, Whose.UNTOLD);
    if (untold.isEmpty()) {
      return ours;
    }
    String why =
        known
            ? "The database does not know " + untold.size() + " of these orders"
            : "Without the database nobody can tell which of these are Alpha Kite's";
    String said = person.answer(why + ". Cancel " + untold.size() + " of them too? Type yes: ");
    if (said != null && said.strip().equalsIgnoreCase("yes")) {
      Set<Long> both = new TreeSet<>(ours);
      both.addAll(untold);
      return both;
    }
    say(
        why
            + ": "
            + untold.size()
            + " left alone. ./kite halt --all cancels every order of the account.");
    return ours;
  }

  private static Set<Long> of(Map<Long, Whose> whose, Whose wanted) {
    return whose.entrySet().stream()
        .filter(each -> each.getValue() == wanted)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Asks again every few seconds; what is still open in the end, whoever placed it. */
  private Map<Long, BrokerOrder> cancelUntilOver(
      OpenOrders orders, Map<Long, BrokerOrder> listed, Set<Long> chosen, ObjectNode answer) {
    long end = System.nanoTime() + patience.toNanos();
    long askAgainAt = System.nanoTime();
    Set<Long> working = new TreeSet<>(chosen);
    ArrayNode items = answer.putArray("orders");
    Map<Long, BrokerOrder> open = listed;
    while (true) {
      for (long id : List.copyOf(working)) {
        if (!open.containsKey(id)) {
          working.remove(id);
          String ended = orders.ended(id);
          say("  " + id + "  " + ended);
          items.addObject().put("broker_order_id", Long.toString(id)).put("status", ended);
        }
      }
      if (working.isEmpty() || System.nanoTime() > end) {
        return open;
      }
      if (System.nanoTime() >= askAgainAt) {
        askAgainAt = System.nanoTime() + AGAIN.toNanos();
        working.forEach(id -> say("  " + id + "  " + orders.cancel(id)));
      }
      pause();
      open = openNow(orders, open);
    }
  }

  /** While the broker does not answer, what was open counts as open. */
  private Map<Long, BrokerOrder> openNow(OpenOrders orders, Map<Long, BrokerOrder> before) {
    try {
      return orders.open();
    } catch (CommandException e) {
      terminal.note("kite: " + e.getMessage());
      return before;
    }
  }

  private boolean tell(Map<Long, BrokerOrder> left, Map<Long, Whose> whose, ObjectNode answer) {
    Map<Long, BrokerOrder> elsewhere = new TreeMap<>(left);
    elsewhere.keySet().removeIf(id -> whose.get(id) != Whose.ELSEWHERE);
    Map<Long, BrokerOrder> working = new TreeMap<>(left);
    working.keySet().removeAll(elsewhere.keySet());
    ArrayNode ids = answer.putArray("still_working");
    working.keySet().forEach(id -> ids.add(Long.toString(id)));
    ArrayNode others = answer.putArray("placed_elsewhere");
    elsewhere.keySet().forEach(id -> others.add(Long.toString(id)));
    if (!elsewhere.isEmpty()) {
      say(
          count(elsewhere.size(), "order")
              + " placed elsewhere left alone: "
              + names(elsewhere.keySet()));
    }
    if (working.isEmpty()) {
      say("Nothing of ours works any more.");
      return true;
    }
    terminal.note(
        "kite: " + count(working.size(), "order") + " still working: " + names(working.keySet()));
    return false;
  }

  // --- status and resume -----------------------------------------------------------------------

  private int status() {
    ObjectNode answer = JSON.createObjectNode();
    String halted = file.halted();
    answer.put("file", file.toString()).put("file_halts", halted != null).put("file_says", halted);
    say(halted == null ? "No halt file: " + file : "Halted by the file " + file + ": " + halted);
    int status = 0;
    try {
      Books.Standing standing = Books.open(settings).standing();
      answer.put("database", standing.state()).put("database_says", standing.reason());
      String engine =
          standing.shown() != null
              ? "; the engine sees a halt file"
              : halted == null ? "" : "; the engine has not seen the file";
      say(
          "The database says "
              + standing.state()
              + (standing.reason() == null ? "" : " (" + standing.reason() + ")")
              + engine);
      answer.put("halted", halted != null || standing.halted());
    } catch (CommandException | SettingsException e) {
      answer.put("database", "no answer: " + e.getMessage());
      say("The database does not answer: " + e.getMessage());
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
      if (books != null && standing != null) {
        books.resume(halt == null ? null : halt.id());
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

  // --- saying ----------------------------------------------------------------------------------

  private void say(String line) {
    if (!terminal.json()) {
      terminal.line(line);
    }
  }

  private static String names(Set<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted: trading is halted, orders may still work", e);
    }
  }
}
