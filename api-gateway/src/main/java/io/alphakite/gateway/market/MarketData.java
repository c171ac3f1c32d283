package io.alphakite.gateway.market;

import io.alphakite.gateway.market.MarketViews.BarView;
import io.alphakite.gateway.market.MarketViews.OptionView;
import io.alphakite.gateway.market.MarketViews.PricePoint;
import io.alphakite.gateway.market.MarketViews.QuoteView;
import io.alphakite.gateway.market.MarketViews.SignalView;
import io.alphakite.gateway.web.Cursor;
import io.alphakite.gateway.web.Page;
import io.alphakite.gateway.web.QueryValues;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.BarInterval;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.time.MarketClock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Answers questions about market data: which rows a request means, and where a page ends. */
@Service
public class MarketData {
  /** As many bars as a session of regular hours has seconds fit into one answer. */
  static final int BARS_MAX = 25_000;

  private static final int DAYS_MAX = 20_000;
  private static final int MINUTE_SECONDS = 60;
  // The calendar knows no session before.
  private static final Instant FIRST_SESSIONS = Instant.parse("1990-01-10T00:00:00Z");

  private static final LocalDate FOREVER = LocalDate.of(9999, 12, 31);

  private final MarketRows rows;
  private final MarketClock clock;
  private final MarketCalendar calendar;
  private final MarketSettings settings;

  MarketData(MarketRows rows, MarketClock clock, MarketCalendar calendar, MarketSettings settings) {
    this.rows = rows;
    this.clock = clock;
    this.calendar = calendar;
    this.settings = settings;
  }

  Page<PricePoint> prices(
      Ticker ticker,
      @Nullable Instant from,
      @Nullable Instant to,
      int limit,
      @Nullable String cursor) {
    Range range = range(ticker, from, to);
    if (cursor != null) {
      List<String> parts = Cursor.parts(cursor, 2);
      range = range.after(time(parts.get(0)).plusSeconds(1), parts.get(1));
    }
    Instant until = range.to();
    return Page.of(
        rows.prices(ticker.symbol(), range.from(), until, limit + 1),
        limit,
        last -> Cursor.of(last.timestamp(), until == null ? "" : until));
  }

  Page<BarView> bars(
      Ticker ticker,
      BarInterval interval,
      @Nullable Instant from,
      @Nullable Instant to,
      int limit,
      @Nullable String cursor) {
    Range range = range(ticker, from, to);
    if (cursor != null) {
      List<String> parts = Cursor.parts(cursor, 2);
      range = range.after(time(parts.get(0)).plusSeconds(1), parts.get(1));
    }
    Instant until = range.to();
    Optional<SessionWindow> extent = rows.extent(ticker.symbol());
    if (extent.isEmpty()) {
      return new Page<>(List.of(), null);
    }
    List<BarView> found =
        interval == BarInterval.D1
            ? rows.dayBars(ticker.symbol(), days(range, extent.get(), cursor != null))
            : intraday(ticker, interval.duration().toSeconds(), range, extent.get(), limit + 1);
    return Page.of(found, limit, last -> Cursor.of(last.timestamp(), until == null ? "" : until));
  }

  Optional<QuoteView> quote(Ticker ticker) {
    return rows.quote(ticker.symbol());
  }

  List<OptionView> chain(Ticker ticker, @Nullable LocalDate expiration) {
    return expiration == null
        ? optionsNow(ticker.symbol())
        : rows.chain(ticker.symbol(), expiration, expiration);
  }

  /** Signals from a time on; without one the newest. Oldest first either way. */
  Page<SignalView> signals(
      @Nullable Ticker ticker,
      @Nullable Instant from,
      @Nullable Instant to,
      int limit,
      @Nullable String cursor) {
    String symbol = ticker == null ? null : ticker.symbol();
    if (from != null && to != null) {
      QueryValues.requireOrder(from, to);
    }
    if (cursor == null && from == null) {
      return new Page<>(rows.newestSignals(symbol, to, limit), null);
    }
    Instant start = from == null ? Instant.EPOCH : from;
    long afterId = -1;
    if (cursor != null) {
      List<String> parts = Cursor.parts(cursor, 2);
      start = time(parts.get(0));
      afterId = number(parts.get(1));
    }
    List<MarketRows.Numbered<SignalView>> found =
        rows.signals(symbol, start, afterId, to, limit + 1);
    Page<MarketRows.Numbered<SignalView>> page =
        Page.of(found, limit, last -> Cursor.of(last.value().timestamp(), last.id()));
    return new Page<>(
        page.items().stream().map(MarketRows.Numbered::value).toList(), page.nextCursor());
  }

  /**
   * The latest of each option contract of a ticker that is not over. Where all are, those that were
   * not when the newest of them was written: the last chain there is.
   */
  public List<OptionView> optionsNow(String ticker) {
    List<OptionView> live = rows.chain(ticker, calendar.firstLiveExpiration(clock.now()), FOREVER);
    if (!live.isEmpty()) {
      return live;
    }
    return rows.newestOption(ticker)
        .map(newest -> rows.chain(ticker, calendar.firstLiveExpiration(newest), FOREVER))
        .orElse(List.of());
  }

  /** The newest signals, oldest first. */
  public List<SignalView> newestSignals(int count) {
    return rows.newestSignals(null, null, count);
  }

  /** Signals made after the one with this id, with their ids. */
  public List<NumberedSignal> signalsAfter(long id, int count) {
    return rows.signalsAfter(id, count).stream()
        .map(row -> new NumberedSignal(row.id(), row.value()))
        .toList();
  }

  /** The newest signal's id; 0 for none. */
  public long newestSignalId() {
    return rows.newestSignalId();
  }

  /** A signal and its place in the order of their making. */
  public record NumberedSignal(long id, SignalView signal) {}

  private List<BarView> intraday(
      Ticker ticker, long seconds, Range range, SessionWindow extent, int count) {
    Instant first = later(range.from(), floor(extent.from(), seconds));
    Instant last = extent.to().plusSeconds(1);
    Instant end = range.to() == null || range.to().isAfter(last) ? last : range.to();
    Instant from = ceiling(first, seconds);
    Instant to = ceiling(end, seconds);
    return seconds < MINUTE_SECONDS
        ? rows.secondBars(ticker.symbol(), seconds, from, to, count)
        : rows.minuteBars(ticker.symbol(), seconds, days(from, to), count);
  }

  /** A span, cut at Eastern midnights. */
  private List<SessionWindow> days(Instant from, Instant to) {
    List<SessionWindow> days = new ArrayList<>();
    Instant start = from;
    for (int i = 0; i < DAYS_MAX && start.isBefore(to); i++) {
      Instant midnight = SessionWindow.of(calendar.dateOf(start), calendar).to();
      Instant end = midnight.isBefore(to) ? midnight : to;
      days.add(new SessionWindow(start, end));
      start = end;
    }
    return days;
  }

  /** Days are taken whole: the one that {@code from} lies in is the first. */
  private List<SessionWindow> days(Range range, SessionWindow extent, boolean afterFirst) {
    LocalDate date = calendar.dateOf(later(range.from(), extent.from()));
    if (afterFirst && !range.from().isBefore(extent.from())) {
      date = date.plusDays(1);
    }
    List<SessionWindow> days = new ArrayList<>();
    for (int i = 0; i < DAYS_MAX; i++, date = date.plusDays(1)) {
      SessionWindow day = SessionWindow.of(date, calendar);
      if (day.from().isAfter(extent.to())
          || (range.to() != null && !day.from().isBefore(range.to()))) {
        break;
      }
      days.add(day);
    }
    return days;
  }

  /** What a request without one or both ends means: the session at its end, or now. */
  private Range range(Ticker ticker, @Nullable Instant from, @Nullable Instant to) {
    if (from != null) {
      if (to != null) {
        QueryValues.requireOrder(from, to);
      }
      return new Range(from, to);
    }
    Instant anchor = to == null ? clock.now() : to.minusNanos(1);
    if (anchor.equals(Instant.EPOCH)) {
      // The feed has shown nothing yet: the last session is the last one stored.
      anchor = rows.newest(ticker.symbol()).orElse(Instant.EPOCH);
    }
    if (anchor.isBefore(FIRST_SESSIONS)) {
      return new Range(anchor, anchor);
    }
    SessionWindow session = SessionWindow.at(anchor, calendar, settings.hours());
    return new Range(session.from(), to == null ? session.to() : to);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw Cursor.invalid();
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Cursor.invalid();
    }
  }

  private static Instant floor(Instant time, long seconds) {
    return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), seconds) * seconds);
  }

  private static Instant ceiling(Instant time, long seconds) {
    Instant floor = floor(time, seconds);
    return floor.equals(time) ? floor : floor.plusSeconds(seconds);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** From inclusive, to exclusive; without an end when that is null. */
  private record Range(Instant from, @Nullable Instant to) {
    Range after(Instant start, String end) {
      return new Range(start, end.isEmpty() ? null : time(end));
    }
  }
}
