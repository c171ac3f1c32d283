package io.alphakite.suite.backfill;

import io.alphakite.db.AdvisoryLock;
import io.alphakite.db.DatabaseRole;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.EquityQuote;
import io.alphakite.suite.broker.CommandBroker;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.database.CommandDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code backfill --ticker T[,T] --from D [--to D] [--json]}: fills the minutes without a row of
 * past sessions from Schwab's minute candles, and restates SMA9 and VWAP of these sessions. Doing
 * it again changes nothing.
 *
 * <p>The session that still runs is left to the streaming service, which holds its sums.
 */
public final class BackfillCommand {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  // Schwab gives at most ten days of minutes in one answer.
  private static final int PAGE_DAYS = 9;

  private final Settings settings;
  private final InstantSource clock;
  private final Terminal terminal;

  /** A command with its surroundings. */
  public BackfillCommand(Settings settings, InstantSource clock, Terminal terminal) {
    this.settings = settings;
    this.clock = clock;
    this.terminal = terminal;
  }

  private record Done(int sessions, int candles, long volume, int restated) {
    Done plus(SessionRepair.Result result) {
      return new Done(
          sessions + (result.rows().isEmpty() ? 0 : 1),
          candles + result.candles(),
          volume + result.volume(),
          restated + result.rows().size() - result.candles());
    }
  }

  /** Runs it; 0 when all is done, 1 when not (one line says what), 2 for words it cannot use. */
  public int run(List<String> words) {
    BackfillRequest request;
    try {
      request =
          BackfillRequest.parse(words.stream().filter(word -> !word.equals("--json")).toList());
    } catch (IllegalArgumentException e) {
      terminal.fail(String.valueOf(e.getMessage()));
      return 2;
    }
    try (CommandDatabase database = CommandDatabase.open(settings, DatabaseRole.STREAMER)) {
      TradingHours hours =
          settings.parsed(
              "STREAM_HOURS", "regular", "regular, extended or always", TradingHours::parse);
      SchwabApi api =
          CommandBroker.connect(
              settings,
              clock,
              new AdvisoryLock(database::connect, AdvisoryLock.SCHWAB_TOKENS)::acquire);
      if (database.live() && api.simulator()) {
        throw new CommandException(
            "the simulator's candles do not belong into " + database.name() + ": run ./kite up");
      }
      try (Connection connection = database.connect()) {
        connection.setAutoCommit(false);
        return backfill(request, api, connection, hours);
      }
    } catch (CommandException | SettingsException | SchwabException e) {
      return terminal.fail(CommandException.firstLine(e));
    } catch (SQLException e) {
      return terminal.fail("the database: " + CommandException.firstLine(e));
    }
  }

  private int backfill(
      BackfillRequest request, SchwabApi api, Connection connection, TradingHours hours)
      throws SQLException {
    LocalDate today = CALENDAR.dateOf(marketNow(api, request.tickers()));
    List<LocalDate> dates =
        request
            .from()
            .datesUntil(request.to().plusDays(1))
            .filter(date -> date.isBefore(today))
            .filter(date -> hours == TradingHours.ALWAYS || CALENDAR.isSession(date))
            .toList();
    BackfillStore store = new BackfillStore(connection);
    Map<Ticker, Done> done = new LinkedHashMap<>();
    long total = (long) dates.size() * request.tickers().size();
    long at = 0;
    try (Terminal.Bar bar = terminal.progress("Filling")) {
      for (Ticker ticker : request.tickers()) {
        done.put(ticker, new Done(0, 0, 0, 0));
        for (List<LocalDate> page : pages(dates)) {
          bar.at(at, total, ticker + " " + page.getFirst());
          Map<LocalDate, List<Bar>> candles = candles(api, ticker, page, hours);
          for (LocalDate date : page) {
            List<Bar> bars = candles.getOrDefault(date, List.of());
            if (!bars.isEmpty()) {
              session(store, ticker, date, bars, hours)
                  .forEach(result -> done.computeIfPresent(ticker, (_, sum) -> sum.plus(result)));
              connection.commit();
            }
            at++;
            bar.at(at, total, ticker + " " + date);
          }
        }
      }
    }
    report(request, done, !request.to().isBefore(today));
    return 0;
  }

  /** Each VWAP session of a date on its own. */
  private static List<SessionRepair.Result> session(
      BackfillStore store, Ticker ticker, LocalDate date, List<Bar> candles, TradingHours hours)
      throws SQLException {
    MovingAverage.Bars known = store.bars(ticker);
    MovingAverage.Bars bars = known == null ? MovingAverage.Bars.ofSeconds(60) : known;
    TreeMap<Instant, List<Bar>> parts = new TreeMap<>();
    candles.forEach(
        candle ->
            parts
                .computeIfAbsent(
                    CALENDAR.lastVwapReset(candle.start(), hours), _ -> new ArrayList<>())
                .add(candle));
    List<SessionRepair.Result> results = new ArrayList<>();
    for (Map.Entry<Instant, List<Bar>> part : parts.entrySet()) {
      Instant midnight = CALENDAR.at(date, LocalTime.MIDNIGHT);
      Instant from = part.getKey().isBefore(midnight) ? midnight : part.getKey();
      Instant next = parts.higherKey(part.getKey());
      Instant to = next == null ? CALENDAR.at(date.plusDays(1), LocalTime.MIDNIGHT) : next;
      SessionRepair repair =
          new SessionRepair(
              bars.seconds() == 0 ? null : bars,
              store.earlier(ticker, from, bars),
              store.valuedWithout(ticker, from, to));
      SessionRepair.Result result = repair.repair(store.rows(ticker, from, to), part.getValue());
      Instant nextSession = next == null ? CALENDAR.nextSession(date).preMarketOpen() : to;
      store.write(ticker, from, to, nextSession, result);
      results.add(result);
    }
    return results;
  }

  private static Map<LocalDate, List<Bar>> candles(
      SchwabApi api, Ticker ticker, List<LocalDate> dates, TradingHours hours) {
    Map<LocalDate, List<Bar>> candles = new LinkedHashMap<>();
    Instant from = start(dates.getFirst(), hours);
    Instant to = CALENDAR.at(dates.getLast().plusDays(1), LocalTime.MIDNIGHT);
    api.marketData().minuteBars(ticker, from, to, hours != TradingHours.REGULAR).stream()
        .filter(candle -> CALENDAR.isOpen(candle.start(), hours))
        .forEach(
            candle ->
                candles
                    .computeIfAbsent(CALENDAR.dateOf(candle.start()), _ -> new ArrayList<>())
                    .add(candle));
    return candles;
  }

  private static Instant start(LocalDate date, TradingHours hours) {
    return CALENDAR
        .session(date)
        .map(hours == TradingHours.REGULAR ? TradingSession::open : TradingSession::preMarketOpen)
        .orElseGet(() -> CALENDAR.at(date, LocalTime.MIDNIGHT));
  }

  private static List<List<LocalDate>> pages(List<LocalDate> dates) {
    List<List<LocalDate>> pages = new ArrayList<>();
    for (LocalDate date : dates) {
      if (pages.isEmpty() || !date.isBefore(pages.getLast().getFirst().plusDays(PAGE_DAYS))) {
        pages.add(new ArrayList<>());
      }
      pages.getLast().add(date);
    }
    return pages;
  }

  /** The market's time: a simulator's market has one of its own. */
  private Instant marketNow(SchwabApi api, List<Ticker> tickers) {
    Map<Ticker, EquityQuote> quotes = api.marketData().quotes(tickers);
    if (!api.simulator()) {
      return clock.instant();
    }
    return quotes.values().stream()
        .flatMap(quote -> Stream.of(quote.quoteTime(), quote.tradeTime()).filter(Objects::nonNull))
        .max(Instant::compareTo)
        .orElseThrow(
            () -> new CommandException("the simulator has no quote of these tickers, so no time"));
  }

  private void report(BackfillRequest request, Map<Ticker, Done> done, boolean todayLeftOut) {
    if (terminal.json()) {
      ObjectNode report =
          JSON.createObjectNode()
              .put("from", request.from().toString())
              .put("to", request.to().toString())
              .put("today_left_out", todayLeftOut);
      var tickers = report.putArray("tickers");
      done.forEach(
          (ticker, sum) ->
              tickers
                  .addObject()
                  .put("ticker", ticker.symbol())
                  .put("sessions_changed", sum.sessions)
                  .put("minutes_filled", sum.candles)
                  .put("volume", sum.volume)
                  .put("rows_restated", sum.restated));
      terminal.print(report);
      return;
    }
    done.forEach(
        (ticker, sum) ->
            terminal.line(
                sum.sessions == 0
                    ? "%-8s nothing was missing".formatted(ticker)
                    : "%-8s %,d minutes filled in %,d sessions, %,d rows restated"
                        .formatted(ticker, sum.candles, sum.sessions, sum.restated)));
    if (todayLeftOut) {
      terminal.note("Today is left to the streaming service, which fills it by itself.");
    }
  }
}
