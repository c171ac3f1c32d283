package io.alphakite.suite.backfill;

import io.alphakite.db.AdvisoryLock;
import io.alphakite.db.DatabaseRole;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code backfill --ticker T[,T] --from D [--to D] [--json]}: fills the minutes without a row of a
 * past interval from Schwab's minute candles, and restates SMA9 and VWAP of what follows. Doing it
 * again changes nothing.
 *
 * <p>Today belongs to the streaming service, which holds its sums: it is asked to fetch the candles
 * of today's gaps once more that it had given up.
 */
public final class BackfillCommand {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  // Schwab gives at most ten days of minutes in one answer.
  private static final int PAGE_DAYS = 9;
  private static final Duration SERVICE_PATIENCE = Duration.ofSeconds(45);

  private final Settings settings;
  private final InstantSource clock;
  private final Terminal terminal;
  private final Duration servicePatience;

  /** A command with its surroundings. */
  public BackfillCommand(Settings settings, InstantSource clock, Terminal terminal) {
    this(settings, clock, terminal, SERVICE_PATIENCE);
  }

  /**
   * The same with another patience.
   *
   * @param servicePatience how long the streaming service may take for today's gaps
   */
  BackfillCommand(
      Settings settings, InstantSource clock, Terminal terminal, Duration servicePatience) {
    this.servicePatience = servicePatience;
    this.settings = settings;
    this.clock = clock;
    this.terminal = terminal;
  }

  private record Done(int sessions, SessionFill.Filled filled, TodaysGaps.Result today) {
    static final Done NOTHING = new Done(0, SessionFill.Filled.NOTHING, TodaysGaps.Result.NOTHING);

    Done plus(SessionFill.Filled more) {
      boolean changed = more.minutes() + more.restated() > 0;
      return new Done(sessions + (changed ? 1 : 0), filled.plus(more), today);
    }

    Done with(TodaysGaps.Result result) {
      return new Done(sessions, filled, result);
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
    Instant now = marketNow(api, request.tickers());
    if (!request.from().isBefore(now)) {
      throw new CommandException("--from lies ahead: the market's time is " + now);
    }
    LocalDate today = CALENDAR.dateOf(now);
    List<LocalDate> dates =
        CALENDAR
            .dateOf(request.from())
            .datesUntil(CALENDAR.dateOf(request.to().minusNanos(1)).plusDays(1))
            .takeWhile(date -> date.isBefore(today))
            .filter(date -> hours == TradingHours.ALWAYS || CALENDAR.isSession(date))
            .toList();
    SessionFill fill = new SessionFill(connection, hours, true);
    Interval wanted = new Interval(request.from(), request.to());
    Map<Ticker, Done> done = new LinkedHashMap<>();
    long total = (long) dates.size() * request.tickers().size();
    long at = 0;
    try (Terminal.Bar bar = terminal.progress("Filling")) {
      for (Ticker ticker : request.tickers()) {
        done.put(ticker, Done.NOTHING);
        for (List<LocalDate> page : pages(dates)) {
          bar.at(at, total, ticker + " " + page.getFirst());
          Map<LocalDate, List<Bar>> candles = candles(api, ticker, page, hours);
          for (LocalDate date : page) {
            List<Bar> bars = candles.getOrDefault(date, List.of());
            if (!bars.isEmpty()) {
              fill.makeRoom(bars);
              SessionFill.Filled filled = fill.fill(ticker, date, bars, wanted);
              done.computeIfPresent(ticker, (_, sum) -> sum.plus(filled));
              connection.commit();
            }
            at++;
            bar.at(at, total, ticker + " " + date);
          }
        }
      }
    }
    Instant midnight = CALENDAR.at(today, LocalTime.MIDNIGHT);
    if (request.to().isAfter(midnight)) {
      Instant from = request.from().isAfter(midnight) ? request.from() : midnight;
      TodaysGaps gaps = new TodaysGaps(connection, servicePatience);
      try (Terminal.Bar bar = terminal.progress("Asking for today's gaps")) {
        gaps.ask(
                request.tickers(),
                new Interval(from, request.to().isBefore(now) ? request.to() : now),
                bar::at)
            .forEach(
                (ticker, result) -> done.computeIfPresent(ticker, (_, sum) -> sum.with(result)));
      }
    }
    report(request, done);
    return 0;
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
        .map(session -> session.start(hours))
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

  private void report(BackfillRequest request, Map<Ticker, Done> done) {
    if (terminal.json()) {
      ObjectNode report =
          JSON.createObjectNode()
              .put("from", request.from().toString())
              .put("to", request.to().toString());
      var tickers = report.putArray("tickers");
      done.forEach(
          (ticker, sum) ->
              tickers
                  .addObject()
                  .put("ticker", ticker.symbol())
                  .put("sessions_changed", sum.sessions)
                  .put("minutes_filled", sum.filled.minutes())
                  .put("volume", sum.filled.volume())
                  .put("rows_restated", sum.filled.restated())
                  .put("gaps_of_today_repaired", sum.today.repaired())
                  .put("gaps_of_today_unavailable", sum.today.unavailable())
                  .put("gaps_of_today_waiting", sum.today.waiting()));
      terminal.print(report);
      return;
    }
    done.forEach(
        (ticker, sum) -> {
          terminal.line(
              sum.sessions == 0
                  ? "%-8s nothing was missing on past dates".formatted(ticker)
                  : "%-8s %,d minutes filled in %,d sessions, %,d rows restated"
                      .formatted(
                          ticker, sum.filled.minutes(), sum.sessions, sum.filled.restated()));
          if (sum.today.asked() > 0) {
            terminal.line(
                "%-8s of %,d gaps of today %,d repaired, %,d still without candles"
                    .formatted(
                        ticker, sum.today.asked(), sum.today.repaired(), sum.today.unavailable()));
          }
        });
    if (done.values().stream().anyMatch(sum -> sum.today.waiting() > 0)) {
      terminal.note("Some gaps of today wait for the streaming service: is it running?");
    }
  }
}
