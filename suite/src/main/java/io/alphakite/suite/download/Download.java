package io.alphakite.suite.download;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.market.Candles;
import io.alphakite.schwab.market.MarketData;
import io.alphakite.suite.command.Terminal;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Asks for the sessions that a store does not have, page by page, and stores each page before the
 * next: whatever interrupts it, the same call goes on there. A session for which no candle came is
 * asked for again next time.
 */
final class Download {

  /**
   * What became of it.
   *
   * @param candles new ones, by ticker
   * @param empty sessions without a candle, by ticker
   */
  record Result(
      Map<Ticker, Integer> candles, Map<Ticker, Integer> empty, int calls, int unreadable) {}

  private record Page(Ticker ticker, LocalDate first, LocalDate last, int sessions) {}

  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();

  private final MarketData marketData;
  private final CandleStore store;
  private final DownloadRequest request;
  private final Instant marketNow;
  private final Map<Ticker, Integer> candles = new LinkedHashMap<>();
  private final Map<Ticker, Integer> empty = new LinkedHashMap<>();
  private int calls;
  private int unreadable;

  /**
   * A download not yet begun.
   *
   * @param marketNow candles that end later may still change and are left out
   */
  Download(MarketData marketData, CandleStore store, DownloadRequest request, Instant marketNow) {
    this.marketData = marketData;
    this.store = store;
    this.request = request;
    this.marketNow = marketNow;
  }

  /** Runs to the end; {@link #result} tells how far it came when it throws. */
  void run(Terminal terminal) throws SQLException, IOException {
    List<LocalDate> sessions = sessions();
    List<Page> pages = new ArrayList<>();
    for (Ticker ticker : request.tickers()) {
      candles.put(ticker, 0);
      empty.put(ticker, 0);
      pages.addAll(pages(ticker, store.missing(ticker, sessions)));
    }
    long total = pages.stream().mapToLong(Page::sessions).sum();
    long done = 0;
    try (Terminal.Bar bar = terminal.progress("Downloading " + request.interval().label())) {
      for (Page page : pages) {
        bar.at(done, total, page.ticker() + " " + page.first());
        take(page);
        done += page.sessions();
        bar.at(done, total, page.ticker() + " " + page.last());
      }
    }
  }

  /** What came of it so far. */
  Result result() {
    return new Result(Map.copyOf(candles), Map.copyOf(empty), calls, unreadable);
  }

  private void take(Page page) throws SQLException, IOException {
    Candles answer =
        marketData.candles(
            request
                .interval()
                .request(page.ticker().symbol(), page.first(), page.last(), request.extended()));
    calls++;
    unreadable += answer.unreadable();
    List<Bar> bars =
        answer.bars().stream()
            .filter(bar -> request.interval().finished(bar.start(), marketNow))
            .toList();
    TreeSet<LocalDate> seen = new TreeSet<>();
    bars.forEach(bar -> seen.add(CALENDAR.dateOf(bar.start())));
    LocalDate today = CALENDAR.dateOf(marketNow);
    List<LocalDate> finished = seen.stream().filter(date -> date.isBefore(today)).toList();
    candles.merge(page.ticker(), store.store(page.ticker(), bars, finished), Integer::sum);
    empty.merge(page.ticker(), Math.max(0, page.sessions() - seen.size()), Integer::sum);
  }

  /** The sessions asked for, up to now. */
  private List<LocalDate> sessions() {
    LocalDate today = CALENDAR.dateOf(marketNow);
    LocalDate to = request.to();
    LocalDate last = to == null || to.isAfter(today) ? today : to;
    return last.isBefore(request.from())
        ? List.of()
        : Stream.iterate(request.from(), date -> !date.isAfter(last), date -> date.plusDays(1))
            .filter(CALENDAR::isSession)
            .toList();
  }

  private List<Page> pages(Ticker ticker, List<LocalDate> dates) {
    List<Page> pages = new ArrayList<>();
    int first = 0;
    for (int i = 1; i <= dates.size(); i++) {
      if (i == dates.size()
          || !dates.get(i).isBefore(dates.get(first).plusDays(request.interval().pageDays()))) {
        pages.add(new Page(ticker, dates.get(first), dates.get(i - 1), i - first));
        first = i;
      }
    }
    return pages;
  }
}
