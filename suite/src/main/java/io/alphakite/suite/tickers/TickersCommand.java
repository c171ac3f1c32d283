package io.alphakite.suite.tickers;

import io.alphakite.db.DatabaseRole;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.platform.tickers.TickerBook;
import io.alphakite.platform.tickers.TickerEntry;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.database.CommandDatabase;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code ./kite tickers list | add TICKER... | remove TICKER... [--force]}: writes the wish into
 * the database, where the streaming service finds it at once, or at its next start.
 */
public final class TickersCommand {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String USAGE =
      "tickers what? list, add TICKER... or remove TICKER... [--force]";

  private final Settings settings;
  private final InstantSource clock;
  private final Terminal terminal;

  /** Prints there. */
  public TickersCommand(Settings settings, InstantSource clock, Terminal terminal) {
    this.settings = settings;
    this.clock = clock;
    this.terminal = terminal;
  }

  /** Exits 0 when all that was asked for is so, 1 when something is not, 2 when nothing can be. */
  public int run(List<String> arguments) {
    List<String> words = arguments.stream().filter(word -> !word.equals("--json")).toList();
    String verb = words.isEmpty() ? "" : words.getFirst();
    List<String> rest = words.isEmpty() ? List.of() : words.subList(1, words.size());
    boolean force = rest.contains("--force");
    List<String> symbols = rest.stream().filter(word -> !word.equals("--force")).toList();
    boolean list = verb.equals("list");
    if (!Set.of("list", "add", "remove").contains(verb)
        || list != symbols.isEmpty()
        || (force && !verb.equals("remove"))) {
      terminal.fail(USAGE);
      return 2;
    }
    try {
      Set<Ticker> tickers = tickers(symbols);
      int most = TickerBook.tickersMax(settings);
      try (CommandDatabase database = CommandDatabase.open(settings, DatabaseRole.GATEWAY)) {
        TickerBook book = new TickerBook(JdbcClient.create(database.dataSource()), clock, most);
        return list ? list(book) : change(book, verb.equals("add"), tickers, force);
      }
    } catch (CommandException | SettingsException e) {
      return terminal.fail(String.valueOf(e.getMessage()));
    } catch (DataAccessException e) {
      return terminal.fail(CommandException.firstLine(e.getMostSpecificCause()));
    }
  }

  private int list(TickerBook book) {
    List<TickerEntry> entries = book.list();
    if (terminal.json()) {
      ObjectNode answer = JSON.createObjectNode();
      ArrayNode items = answer.putArray("items");
      entries.forEach(entry -> items.add(json(entry)));
      terminal.print(answer);
      return 0;
    }
    if (entries.isEmpty()) {
      terminal.note("Nothing is streamed. ./kite tickers add TICKER changes that.");
    }
    for (TickerEntry entry : entries) {
      terminal.line(
          "%-16s %-10s %-28s %s"
              .formatted(
                  entry.ticker(),
                  word(entry.status()),
                  from(entry),
                  entry.reason() == null ? "" : entry.reason())
              .stripTrailing());
    }
    return 0;
  }

  private int change(TickerBook book, boolean add, Set<Ticker> tickers, boolean force) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode items = answer.putArray("items");
    List<String> failures = new ArrayList<>();
    for (Ticker ticker : tickers) {
      boolean inUse = !add && book.inUse(ticker);
      TickerBook.Outcome outcome = add ? book.add(ticker) : book.remove(ticker, force);
      String failure = failure(ticker, outcome);
      if (failure != null) {
        failures.add(failure);
      }
      ObjectNode item = items.addObject().put("ticker", ticker.symbol());
      item.put("outcome", outcome.name().toLowerCase(Locale.ROOT));
      boolean warned = inUse && failure == null;
      if (warned) {
        item.put("warning", TickerBook.IN_USE_WARNING);
      }
      if (!terminal.json() && failure == null) {
        terminal.line(said(ticker, add, outcome));
        if (warned) {
          terminal.note(ticker + ": " + TickerBook.IN_USE_WARNING);
        }
      }
    }
    if (terminal.json()) {
      terminal.print(answer);
    }
    failures.forEach(failure -> terminal.note("kite: " + failure));
    return failures.isEmpty() ? 0 : 1;
  }

  private static String said(Ticker ticker, boolean add, TickerBook.Outcome outcome) {
    boolean done = outcome == TickerBook.Outcome.DONE;
    if (add) {
      return ticker + (done ? " is added." : " is wanted already.");
    }
    return ticker + (done ? " is removed." : " is removed already.");
  }

  private static @Nullable String failure(Ticker ticker, TickerBook.Outcome outcome) {
    return switch (outcome) {
      case DONE, UNCHANGED -> null;
      case TOO_MANY ->
          "as many tickers are wanted as STREAM_TICKERS_MAX allows: "
              + ticker
              + " is not added; remove one first";
      case IN_USE ->
          "there is a position or an open order in "
              + ticker
              + ": close it first, or remove it all the same with --force";
      case UNKNOWN -> ticker + " was never streamed";
    };
  }

  private static Set<Ticker> tickers(List<String> symbols) {
    Set<Ticker> tickers = new LinkedHashSet<>();
    for (String symbol : symbols) {
      try {
        tickers.add(Ticker.of(symbol));
      } catch (IllegalArgumentException e) {
        throw new CommandException(
            "'" + symbol + "' is not a ticker: write capitals, as in SPY, BRK.B or '$SPX'", e);
      }
    }
    return tickers;
  }

  private static String from(TickerEntry entry) {
    return switch (entry.source()) {
      case SETTING -> "from STREAM_TICKERS";
      case PERSON ->
          entry.wanted()
              ? "added by a person"
              : entry.inSetting() ? "removed, in STREAM_TICKERS" : "removed by a person";
    };
  }

  private static ObjectNode json(TickerEntry entry) {
    return JSON.createObjectNode()
        .put("ticker", entry.ticker().symbol())
        .put("wanted", entry.wanted())
        .put("streamed", entry.streamed())
        .put("status", word(entry.status()))
        .put("source", entry.source().name().toLowerCase(Locale.ROOT))
        .put("in_setting", entry.inSetting())
        .put("reason", entry.reason())
        .put("since", entry.since().toString());
  }

  private static String word(TickerEntry.Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }
}
