package io.alphakite.suite.download;

import io.alphakite.db.AdvisoryLock;
import io.alphakite.db.DatabaseRole;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.auth.RefreshLock;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.EquityQuote;
import io.alphakite.suite.broker.CommandBroker;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.database.CommandDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code download --ticker T[,T] --from D [--to D] --interval I [--extended] [--csv FILE]
 * [--json]}: the broker's price history into the tables or a file.
 */
public final class DownloadCommand {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Settings settings;
  private final InstantSource clock;
  private final Terminal terminal;

  /** A command with its surroundings. */
  public DownloadCommand(Settings settings, InstantSource clock, Terminal terminal) {
    this.settings = settings;
    this.clock = clock;
    this.terminal = terminal;
  }

  /** Runs it; 0 when all is there, 1 when not (one line says what), 2 for words it cannot use. */
  public int run(List<String> words) {
    DownloadRequest request;
    try {
      request =
          DownloadRequest.parse(words.stream().filter(word -> !word.equals("--json")).toList());
    } catch (IllegalArgumentException e) {
      terminal.fail(String.valueOf(e.getMessage()));
      return 2;
    }
    try {
      Path csv = request.csv();
      if (csv != null) {
        return download(
            request,
            CommandBroker.connect(settings, clock, RefreshLock.FILE_ALONE),
            CsvStore.open(csv, request.interval()),
            null);
      }
      TradingHours hours =
          settings.parsed(
              "STREAM_HOURS", "regular", "regular, extended or always", TradingHours::parse);
      try (CommandDatabase database = CommandDatabase.open(settings, DatabaseRole.STREAMER)) {
        return download(
            request,
            CommandBroker.connect(
                settings,
                clock,
                new AdvisoryLock(database::connect, AdvisoryLock.SCHWAB_TOKENS)::acquire),
            new TableStore(database.connect(), request.interval(), request.extended(), hours),
            database);
      }
    } catch (CommandException | SettingsException | SchwabException e) {
      return terminal.fail(CommandException.firstLine(e));
    } catch (IOException e) {
      return terminal.fail("cannot write " + request.csv() + ": " + CommandException.firstLine(e));
    } catch (SQLException e) {
      return terminal.fail("the database: " + CommandException.firstLine(e));
    }
  }

  private int download(
      DownloadRequest request,
      SchwabApi api,
      CandleStore opened,
      @Nullable CommandDatabase database)
      throws SQLException, IOException {
    try (CandleStore store = opened) {
      Instant now = marketNow(api, request.tickers());
      if (database != null && database.live() && api.simulator()) {
        throw new CommandException(
            "the simulator's candles do not belong into " + database.name() + ": run ./kite up");
      }
      Download download = new Download(api.marketData(), store, request, now);
      try {
        download.run(terminal);
      } catch (SchwabException e) {
        report(request, download.result(), store, database);
        return terminal.fail(
            e.getMessage() + "; what came is kept, the same command again goes on from there");
      }
      report(request, download.result(), store, database);
      return 0;
    }
  }

  /** Until when candles are finished: a simulator's market has a time of its own. */
  private Instant marketNow(SchwabApi api, List<Ticker> tickers) {
    var quotes = api.marketData().quotes(tickers);
    if (!api.simulator()) {
      return clock.instant();
    }
    return quotes.values().stream()
        .flatMap(DownloadCommand::times)
        .max(Instant::compareTo)
        .orElseThrow(
            () -> new CommandException("the simulator has no quote of these tickers, so no time"));
  }

  private static Stream<Instant> times(EquityQuote quote) {
    return Stream.of(quote.quoteTime(), quote.tradeTime()).filter(Objects::nonNull);
  }

  private void report(
      DownloadRequest request,
      Download.Result result,
      CandleStore store,
      @Nullable CommandDatabase database) {
    String where = database == null ? String.valueOf(request.csv()) : database.name();
    if (terminal.json()) {
      ObjectNode report =
          JSON.createObjectNode()
              .put("interval", request.interval().label())
              .put("into", where)
              .put("rows_added", store.rowsAdded())
              .put("calls", result.calls())
              .put("unreadable", result.unreadable());
      var tickers = report.putArray("tickers");
      request
          .tickers()
          .forEach(
              ticker ->
                  tickers
                      .addObject()
                      .put("ticker", ticker.symbol())
                      .put("candles_added", result.candles().getOrDefault(ticker, 0))
                      .put("sessions_without_candles", result.empty().getOrDefault(ticker, 0)));
      terminal.print(report);
      return;
    }
    for (Ticker ticker : request.tickers()) {
      int missing = result.empty().getOrDefault(ticker, 0);
      terminal.line(
          "%-8s %,d candles of %s added%s"
              .formatted(
                  ticker,
                  result.candles().getOrDefault(ticker, 0),
                  request.interval().label(),
                  missing == 0 ? "" : "; nothing came for %,d sessions".formatted(missing)));
    }
    terminal.line(
        database == null
            ? "In " + where + "."
            : "In %s; %,d minutes without a row have one now, marked as backfilled."
                .formatted(where, store.rowsAdded()));
  }
}
