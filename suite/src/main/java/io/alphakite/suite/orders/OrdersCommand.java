package io.alphakite.suite.orders;

import io.alphakite.db.DatabaseRole;
import io.alphakite.gateway.trace.TraceViews.MomentView;
import io.alphakite.gateway.trace.TraceViews.TraceView;
import io.alphakite.gateway.trace.Traces;
import io.alphakite.gateway.unresolved.ResolutionDesk;
import io.alphakite.gateway.unresolved.UnresolvedOrders;
import io.alphakite.gateway.unresolved.UnresolvedViews.CandidateView;
import io.alphakite.gateway.unresolved.UnresolvedViews.ExitView;
import io.alphakite.gateway.unresolved.UnresolvedViews.ResolutionView;
import io.alphakite.gateway.unresolved.UnresolvedViews.UnresolvedView;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.database.CommandDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./kite orders unresolved} and {@code ./kite orders resolve ID --placed ORDER |
 * --not-placed [--override] --evidence TEXT [--as NAME]}: shows what waits for a person, and asks
 * the running engine to do what the person says.
 */
public final class OrdersCommand {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final String USAGE =
      "orders what? unresolved, or resolve ID --placed BROKER_ORDER_ID | --not-placed [--override]"
          + " --evidence TEXT [--as NAME], or trace TRADE_ID [--out FILE]";
  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final Settings settings;
  private final InstantSource clock;
  private final Terminal terminal;
  private final Duration patience;

  /**
   * Prints there.
   *
   * @param patience how long to wait for the engine's answer
   */
  public OrdersCommand(
      Settings settings, InstantSource clock, Terminal terminal, Duration patience) {
    this.settings = settings;
    this.clock = clock;
    this.terminal = terminal;
    this.patience = patience;
  }

  /**
   * Exits 0 when it is so, 1 when the engine refused or did not answer, 2 when it makes no sense.
   */
  public int run(List<String> arguments) {
    List<String> words = arguments.stream().filter(word -> !word.equals("--json")).toList();
    Say say = Say.of(words);
    boolean trace = isTrace(words);
    if (!words.equals(List.of("unresolved")) && say == null && !trace) {
      terminal.fail(USAGE);
      return 2;
    }
    try (CommandDatabase database = CommandDatabase.open(settings, DatabaseRole.GATEWAY)) {
      JdbcClient jdbc = JdbcClient.create(database.dataSource());
      if (trace) {
        return trace(
            new Traces(jdbc, new JdbcTransactionManager(database.dataSource()), clock), words);
      }
      UnresolvedOrders orders = new UnresolvedOrders(jdbc, clock);
      return say == null ? list(orders) : resolve(orders, new ResolutionDesk(jdbc, orders), say);
    } catch (CommandException | SettingsException | ApiException e) {
      return terminal.fail(String.valueOf(e.getMessage()));
    } catch (DataAccessException e) {
      return terminal.fail(CommandException.firstLine(e.getMostSpecificCause()));
    }
  }

  private static boolean isTrace(List<String> words) {
    return !words.isEmpty()
        && words.getFirst().equals("trace")
        && (words.size() == 2 || (words.size() == 4 && words.get(2).equals("--out")))
        && ID.matcher(words.get(1)).matches();
  }

  private int trace(Traces traces, List<String> words) {
    TraceView trace = traces.find(UUID.fromString(words.get(1))).orElse(null);
    if (trace == null) {
      return terminal.fail("there is no trade " + words.get(1));
    }
    if (words.size() == 4) {
      Path file = Path.of(words.get(3));
      try {
        Files.writeString(
            file,
            JSON.writerWithDefaultPrettyPrinter().writeValueAsString(trace) + "\n",
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
      } catch (IOException e) {
        return terminal.fail(file + " cannot be written, or is there already: " + e.getMessage());
      }
      terminal.note("The trace is in " + file + ".");
      return 0;
    }
    if (terminal.json()) {
      terminal.print(JSON.valueToTree(trace));
      return 0;
    }
    for (MomentView moment : trace.timeline()) {
      terminal.line("%s  %-7s %s".formatted(moment.at(), moment.kind(), moment.says()));
      moment.details().forEach(line -> terminal.line("    " + line));
    }
    return 0;
  }

  /** What is said on the command line. */
  private record Say(
      UUID id, @Nullable String order, boolean override, String evidence, String as) {

    /** Null when it makes no sense. */
    static @Nullable Say of(List<String> words) {
      if (words.size() < 2 || !words.getFirst().equals("resolve")) {
        return null;
      }
      String order = null;
      String evidence = null;
      String as = System.getProperty("user.name", "somebody");
      boolean notPlaced = false;
      boolean override = false;
      for (int i = 2; i < words.size(); i++) {
        String next = i + 1 < words.size() ? words.get(i + 1) : null;
        switch (words.get(i)) {
          case "--not-placed" -> notPlaced = true;
          case "--override" -> override = true;
          case "--placed", "--evidence", "--as" -> {
            if (next == null) {
              return null;
            }
            switch (words.get(i)) {
              case "--placed" -> order = next;
              case "--evidence" -> evidence = next;
              default -> as = next;
            }
            i++;
          }
          default -> {
            return null;
          }
        }
      }
      if (evidence == null || notPlaced == (order != null)) {
        return null;
      }
      try {
        return new Say(UUID.fromString(words.get(1)), order, override, evidence, as);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  }

  private int list(UnresolvedOrders orders) {
    List<UnresolvedView> items = orders.list();
    if (terminal.json()) {
      terminal.print(JSON.createObjectNode().set("items", JSON.valueToTree(items)));
      return 0;
    }
    if (items.isEmpty()) {
      terminal.note("It is known what became of every order.");
    }
    for (UnresolvedView item : items) {
      terminal.line(
          "%s  %s %s %s, sent %d s ago, account %s"
              .formatted(
                  item.id(),
                  item.side().replace('_', ' '),
                  item.quantity().text(),
                  item.optionSymbol() == null ? item.ticker() : item.optionSymbol(),
                  item.waitedSeconds(),
                  item.accountId()));
      terminal.line("  " + item.doing());
      for (ExitView exit : item.blocks().exits()) {
        terminal.line("  " + exit.says());
      }
      terminal.line(
          "  no new risk in %s%s; every order to %s waits (%d)"
              .formatted(
                  item.blocks().newRiskIn(),
                  item.blocks().account() ? ", nor in the whole account" : "",
                  item.blocks().lane(),
                  item.blocks().waiting().size()));
      for (CandidateView candidate : item.evidence().candidates()) {
        terminal.line(
            "  the broker's order %s fits: %s, entered %s, %s filled"
                .formatted(
                    candidate.brokerOrderId(),
                    candidate.status(),
                    candidate.enteredAt(),
                    candidate.filledQuantity().text()));
      }
      if (item.may().notPlaced()) {
        terminal.line("  absence is shown: --not-placed may be said");
      }
    }
    return 0;
  }

  private int resolve(UnresolvedOrders orders, ResolutionDesk desk, Say say) {
    ResolutionDesk.Word word =
        ResolutionDesk.Word.of(
            say.order() == null ? "not_placed" : "placed",
            say.order(),
            say.override(),
            say.evidence());
    String person = ResolutionDesk.name(say.as()) + " (./kite)";
    ResolutionView said = desk.ask(say.id(), word, person, null);
    long end = System.nanoTime() + patience.toNanos();
    while (said.doneAt() == null && System.nanoTime() < end) {
      pause();
      said = orders.resolution(said.id()).orElseThrow();
    }
    if (terminal.json()) {
      terminal.print(JSON.valueToTree(said));
    }
    String answer = said.answer();
    if (answer == null) {
      return terminal.fail("the engine has not answered: is it running? ./kite health");
    }
    if (said.status().equals("refused")) {
      return terminal.fail("refused: " + answer);
    }
    if (!terminal.json()) {
      terminal.line("Done: " + answer + ".");
    }
    return 0;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted: the engine may still do it", e);
    }
  }
}
