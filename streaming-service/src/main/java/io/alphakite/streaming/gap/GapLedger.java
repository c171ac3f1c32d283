package io.alphakite.streaming.gap;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.feed.Hole;
import io.alphakite.streaming.feed.Repair;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.history.Gap;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ledger of gaps: opens an entry when the stream of a ticker is not proven complete any
 * more, ends its interval when the stream goes on, and closes it when the candles of its whole
 * minutes are in the feed, or are not to be had.
 *
 * <p>{@link #open} and {@link #rowsLost} may be called by any thread. Everything else belongs to
 * the thread that owns the feeds, within a step of the {@link GapSink}, so that entries are written
 * with the rows and states they belong to.
 *
 * <p>Only time within {@code STREAM_HOURS} counts: an interval without any is not recorded. One
 * that reaches back to an earlier day is unavailable there, since the feed fills today alone.
 */
public final class GapLedger {
  private static final Logger log = LoggerFactory.getLogger(GapLedger.class);
  // An interval of more days than a long weekend certainly has hours.
  private static final int DAYS_LOOKED_AT = 14;
  // Each is one update of rows in the database.
  private static final int ANSWERS_A_STEP = 1;

  private final FeedRules rules;
  private final GapSettings settings;
  private final InstantSource wallClock;
  private final GapRetries retries;
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final Queue<GapEntry> again = new ConcurrentLinkedQueue<>();

  private final Map<Ticker, Loss> losses = new HashMap<>();
  private final Map<UUID, Wanted> wanted = new LinkedHashMap<>();
  private final Map<GapCause, Long> opened = new EnumMap<>(GapCause.class);
  private final Map<GapState, Long> closed = new EnumMap<>(GapState.class);
  private @Nullable Start start = new Start(null, List.of());
  private volatile GapStatus status = GapStatus.NONE;
  // Told with the next step, once for thousands of tickers that go on together.
  private boolean stale;

  /** Empty. */
  public GapLedger(
      FeedRules rules, GapSettings settings, InstantSource wallClock, GapRetries retries) {
    this.rules = rules;
    this.settings = settings;
    this.wallClock = wallClock;
    this.retries = retries;
  }

  /**
   * The stream of this ticker is not proven complete from this market time on. The gap ends with
   * the ticker's next message, for which the missed candles are fetched first. Nothing happens when
   * one lasts already. Any thread; takes effect with the intake's next step.
   */
  public void open(Ticker ticker, Instant from, GapCause cause) {
    requests.add(new Request(ticker, from, null, cause));
  }

  /**
   * Rows of this ticker in [from, to) were lost after they had counted in the indicators. Minutes
   * without any streamed row get their candle's. Any thread; takes effect with the intake's next
   * step.
   */
  public void rowsLost(Ticker ticker, Instant from, Instant to, GapCause cause) {
    requests.add(new Request(ticker, from, to, cause));
  }

  /** The same of all tickers that are streamed by the next step. */
  public void rowsLost(Instant from, Instant to, GapCause cause) {
    requests.add(new Request(null, from, to, cause));
  }

  /**
   * The candles of this entry, which was given up and is open again in the table, are wanted after
   * all. Nothing happens when they are wanted already. Any thread; takes effect with the intake's
   * next step.
   */
  public void askAgain(GapEntry entry) {
    again.add(entry);
  }

  /** How it stands, as of the last step; any thread. */
  public GapStatus status() {
    return status;
  }

  /**
   * Says what is stored at the start: the stream is not proven complete since the newest moment
   * stored. Before the first step.
   *
   * @param provenUntil the newest event stored; null when nothing is
   * @param stored the entries that were open
   */
  public void startFrom(@Nullable Instant provenUntil, Collection<GapEntry> stored) {
    start = new Start(provenUntil, List.copyOf(stored));
  }

  private void begin(Map<Ticker, TickerFeed> feeds, Start from, GapSink sink) {
    start = null;
    for (GapEntry entry : from.stored) {
      TickerFeed feed = feeds.get(entry.ticker());
      if (feed == null) {
        close(entry.unavailable(wallClock.instant(), "no longer streamed"), sink);
      } else if (entry.to() == null || isAwaited(feed, entry.id())) {
        feed.forget(entry.id());
        GapEntry lasting = entry.until(null);
        Loss before = losses.get(feed.ticker());
        if (before == null) {
          losses.put(feed.ticker(), new Loss(entry.from(), cause(entry), lasting, null));
          sink.put(lasting);
        } else {
          close(entry.unavailable(wallClock.instant(), "part of another gap"), sink);
        }
      } else if (cause(entry).ticksLost() && hole(feed, entry.id()) == null) {
        close(
            entry.unavailable(wallClock.instant(), "INDICATOR_BAR was changed: nothing restated"),
            sink);
      } else {
        wanted.put(entry.id(), new Wanted(entry, System.nanoTime()));
      }
    }
    feeds.values().forEach(feed -> added(feed, from.provenUntil, sink));
  }

  /**
   * A ticker begins to be streamed, or does so again.
   *
   * @param provenUntil the newest event stored; null when nothing is
   */
  public void added(TickerFeed feed, @Nullable Instant provenUntil, GapSink sink) {
    if (start != null) {
      // The first step begins with all tickers there are by then.
      return;
    }
    Instant from = feed.coveredUntil() == null ? null : provenUntil;
    lost(feed, from, from == null ? GapCause.START : GapCause.RESTART, sink);
  }

  /**
   * The stream of these tickers is not proven complete from now on; those of which that is known
   * already stay as they are.
   *
   * @param provenUntil the newest event met; null before the first
   */
  public void lost(
      Collection<TickerFeed> feeds, @Nullable Instant provenUntil, GapCause cause, GapSink sink) {
    feeds.forEach(feed -> lost(feed, provenUntil, cause, sink));
    stale = true;
  }

  /** Whether this ticker's stream is not proven complete until its next message. */
  public boolean isLost(Ticker ticker) {
    return !losses.isEmpty() && losses.containsKey(ticker);
  }

  /**
   * Until when this ticker's stream was complete, trades or not, before the loss that lasts; null
   * when that is not known or none lasts.
   */
  public @Nullable Instant completeUntil(Ticker ticker) {
    Loss loss = losses.get(ticker);
    return loss == null ? null : loss.completeUntil;
  }

  /** This ticker is not streamed any more. */
  public void drop(TickerFeed feed, GapSink sink) {
    Loss loss = losses.remove(feed.ticker());
    if (loss != null && loss.entry != null) {
      close(loss.entry.unavailable(wallClock.instant(), "no longer streamed"), sink);
    }
    for (Wanted want : List.copyOf(wanted.values())) {
      if (want.entry.ticker().equals(feed.ticker())) {
        giveUp(want, feed, "no longer streamed", sink);
      }
    }
    stale = true;
  }

  /**
   * The stream of a ticker goes on: puts the candles before its next message, or leaves the gap
   * open when they were not to be had.
   *
   * @param moment how far the market had come by the ticker's image
   * @param missed the whole minutes missed; null when there are none
   * @param candles of these; null when the price history did not answer
   */
  public void resumed(
      TickerFeed feed,
      Instant moment,
      @Nullable Gap missed,
      @Nullable List<Bar> candles,
      GapSink sink) {
    Loss loss = losses.remove(feed.ticker());
    GapEntry entry = loss == null ? null : entry(loss, feed.ticker(), moment, sink);
    if (missed == null) {
      if (entry != null) {
        close(
            entry
                .until(moment)
                .repaired(
                    null,
                    wallClock.instant(),
                    "no whole minute was missed; what was, enters with the next message"),
            sink);
      }
    } else if (candles != null) {
      Repair repair = feed.fillAll(candles);
      repair.rows().forEach(sink::put);
      sink.changed(feed);
      if (entry != null) {
        close(
            entry
                .until(moment)
                .asked(1, entry.note())
                .repaired(repair, wallClock.instant(), "filled before the next message"),
            sink);
      }
    } else if (entry != null && overlapsHours(missed.from(), missed.to())) {
      leaveOpen(feed, entry.until(moment), missed, sink);
    } else if (entry != null) {
      close(
          entry
              .until(moment)
              .repaired(null, wallClock.instant(), "no whole minute within hours was missed"),
          sink);
    }
    stale = true;
  }

  /**
   * Takes what others asked for and what the price history answered, and asks it again where that
   * is due.
   *
   * @param marketNow the newest moment of the market; null before the first event
   */
  public void step(Map<Ticker, TickerFeed> feeds, @Nullable Instant marketNow, GapSink sink) {
    Start beginning = start;
    if (beginning != null) {
      begin(feeds, beginning, sink);
    }
    takeRequests(feeds, sink);
    takeAgain(feeds, sink);
    if (marketNow != null && !losses.isEmpty() && isOpen(marketNow)) {
      hoursBegan(marketNow, sink);
    }
    for (int i = 0; i < ANSWERS_A_STEP && !sink.restating(); i++) {
      GapRetries.Answer answer = retries.poll();
      if (answer == null) {
        break;
      }
      answered(feeds, answer, sink);
    }
    if (marketNow != null && !wanted.isEmpty()) {
      endOfDay(feeds, marketNow, sink);
    }
    ask(feeds);
    refresh();
  }

  /** Whether {@link #open} or {@link #rowsLost} was called since the last step. */
  public boolean isAsked() {
    return !requests.isEmpty();
  }

  /** Whether {@link #step} has anything to do. */
  public boolean idle() {
    return start == null
        && !stale
        && requests.isEmpty()
        && again.isEmpty()
        && wanted.isEmpty()
        && losses.isEmpty();
  }

  private void takeRequests(Map<Ticker, TickerFeed> feeds, GapSink sink) {
    Request request;
    while ((request = requests.poll()) != null) {
      if (request.ticker == null) {
        for (TickerFeed feed : feeds.values()) {
          take(request, feed, sink);
        }
      } else {
        TickerFeed feed = feeds.get(request.ticker);
        if (feed != null) {
          take(request, feed, sink);
        }
      }
    }
  }

  private void take(Request request, TickerFeed feed, GapSink sink) {
    if (request.to == null) {
      lost(feed, request.from, request.cause, sink);
    } else if (overlapsHours(request.from, request.to)) {
      GapEntry entry = open(feed.ticker(), request.from, request.cause, sink).until(request.to);
      sink.put(entry);
      wanted.put(entry.id(), new Wanted(entry, System.nanoTime()));
    }
  }

  private void takeAgain(Map<Ticker, TickerFeed> feeds, GapSink sink) {
    GapEntry entry;
    while ((entry = again.poll()) != null) {
      TickerFeed feed = feeds.get(entry.ticker());
      if (wanted.containsKey(entry.id()) || isLost(entry)) {
        continue;
      }
      if (feed == null) {
        close(entry.unavailable(wallClock.instant(), "no longer streamed"), sink);
      } else if (cause(entry).ticksLost() && hole(feed, entry.id()) == null) {
        close(entry.unavailable(wallClock.instant(), "nothing is left to restate"), sink);
      } else {
        wanted.put(entry.id(), new Wanted(entry, System.nanoTime()));
      }
    }
  }

  private boolean isLost(GapEntry entry) {
    Loss loss = losses.get(entry.ticker());
    return loss != null && loss.entry != null && loss.entry.id().equals(entry.id());
  }

  private void lost(TickerFeed feed, @Nullable Instant provenUntil, GapCause cause, GapSink sink) {
    feed.interrupted();
    if (losses.containsKey(feed.ticker())) {
      return;
    }
    for (Wanted want : List.copyOf(wanted.values())) {
      // Nothing came since an earlier one: it goes on.
      if (want.entry.ticker().equals(feed.ticker()) && isAwaited(feed, want.entry.id())) {
        feed.forget(want.entry.id());
        wanted.remove(want.entry.id());
        GapEntry entry = want.entry.until(null);
        losses.put(feed.ticker(), new Loss(entry.from(), cause(entry), entry, null));
        sink.put(entry);
        sink.changed(feed);
        return;
      }
    }
    GapEntry entry =
        provenUntil != null && isOpen(provenUntil)
            ? open(feed.ticker(), provenUntil, cause, sink)
            : null;
    boolean watched = cause != GapCause.START && cause != GapCause.RESTART;
    losses.put(feed.ticker(), new Loss(provenUntil, cause, entry, watched ? provenUntil : null));
  }

  /** What was lost outside hours matters from their beginning on. */
  private void hoursBegan(Instant marketNow, GapSink sink) {
    Instant began = startOfHours(rules.calendar().dateOf(marketNow), Instant.MIN);
    losses.replaceAll(
        (ticker, loss) -> {
          Instant from = loss.from;
          return loss.entry != null || (from != null && from.isAfter(began))
              ? loss
              : new Loss(
                  from, loss.cause, open(ticker, began, loss.cause, sink), loss.completeUntil);
        });
  }

  /** The entry of a loss that is over; null when no time within hours passed. */
  private @Nullable GapEntry entry(Loss loss, Ticker ticker, Instant moment, GapSink sink) {
    MarketCalendar calendar = rules.calendar();
    LocalDate today = calendar.dateOf(moment);
    GapEntry entry = loss.entry;
    Instant from = loss.from;
    if (from != null && calendar.dateOf(from).isBefore(today)) {
      Instant midnight = calendar.at(today, LocalTime.MIDNIGHT);
      if (entry != null || overlapsHours(from, midnight)) {
        GapEntry earlier = entry == null ? open(ticker, from, loss.cause, sink) : entry;
        close(
            earlier
                .until(midnight)
                .unavailable(wallClock.instant(), "an earlier day, which the stream does not fill"),
            sink);
      }
      entry = null;
      from = midnight;
    } else if (from == null) {
      from = calendar.at(today, LocalTime.MIDNIGHT);
    }
    if (entry != null) {
      return entry;
    }
    Instant start = startOfHours(today, from);
    return overlapsHours(start, moment) ? open(ticker, start, loss.cause, sink) : null;
  }

  private void leaveOpen(TickerFeed feed, GapEntry entry, Gap missed, GapSink sink) {
    feed.leaveOpen(entry.id(), missed.from(), missed.to(), missed.extended());
    sink.changed(feed);
    GapEntry asked = entry.asked(1, "the price history did not answer; it is asked again");
    if (settings.attempts() <= 1) {
      giveUp(new Wanted(asked, 0), feed, "the price history did not answer", sink);
      return;
    }
    sink.put(asked);
    wanted.put(asked.id(), new Wanted(asked, System.nanoTime() + settings.pause(1).toNanos()));
  }

  private void answered(Map<Ticker, TickerFeed> feeds, GapRetries.Answer answer, GapSink sink) {
    Wanted want = wanted.get(answer.gap());
    TickerFeed feed = want == null ? null : feeds.get(want.entry.ticker());
    if (want == null || feed == null) {
      return;
    }
    int attempts = want.entry.attempts() + 1;
    List<Bar> candles = answer.candles();
    if (candles != null) {
      wanted.remove(answer.gap());
      repaired(feed, want.entry.asked(attempts, want.entry.note()), candles, sink);
    } else if (attempts >= settings.attempts()) {
      giveUp(
          new Wanted(want.entry.asked(attempts, want.entry.note()), 0),
          feed,
          "the price history did not answer",
          sink);
    } else {
      GapEntry asked = want.entry.asked(attempts, want.entry.note());
      sink.put(asked);
      wanted.put(
          asked.id(), new Wanted(asked, System.nanoTime() + settings.pause(attempts).toNanos()));
    }
  }

  private void repaired(TickerFeed feed, GapEntry entry, List<Bar> candles, GapSink sink) {
    if (!cause(entry).ticksLost()) {
      sink.replaceLost(feed.ticker(), entry.id(), candlesWithin(candles));
      close(
          entry.repaired(null, wallClock.instant(), "minutes without a row have their candle's"),
          sink);
      return;
    }
    boolean streamed = feed.streamedSince(entry.id());
    Repair repair = feed.repair(entry.id(), candles);
    if (repair.restatement() != null) {
      sink.restate(repair.restatement());
    }
    repair.rows().forEach(sink::put);
    sink.changed(feed);
    close(
        entry.repaired(
            repair,
            wallClock.instant(),
            streamed ? "filled late; what followed is restated" : "filled before the next message"),
        sink);
  }

  private List<Bar> candlesWithin(List<Bar> candles) {
    return candles.stream().filter(candle -> isOpen(candle.start())).toList();
  }

  private void endOfDay(Map<Ticker, TickerFeed> feeds, Instant marketNow, GapSink sink) {
    LocalDate today = rules.calendar().dateOf(marketNow);
    for (Wanted want : List.copyOf(wanted.values())) {
      TickerFeed feed = feeds.get(want.entry.ticker());
      Instant end = want.entry.to();
      if (feed != null && end != null && rules.calendar().dateOf(end).isBefore(today)) {
        giveUp(want, feed, "the day ended before the price history answered", sink);
      }
    }
  }

  private void giveUp(Wanted want, TickerFeed feed, String why, GapSink sink) {
    wanted.remove(want.entry.id());
    Hole hole = hole(feed, want.entry.id());
    feed.giveUp(want.entry.id());
    sink.changed(feed);
    close(
        want.entry.unavailable(wallClock.instant(), why, hole == null ? null : hole.first()), sink);
  }

  /** Asks for what is due, unless an answer is still under way. */
  private void ask(Map<Ticker, TickerFeed> feeds) {
    if (wanted.isEmpty() || !retries.free()) {
      return;
    }
    long now = System.nanoTime();
    Map<UUID, GapRetries.Question> due = new LinkedHashMap<>();
    Set<Ticker> tickers = new HashSet<>();
    for (Wanted want : wanted.values()) {
      TickerFeed feed = feeds.get(want.entry.ticker());
      if (feed == null || now - want.tryAtNanos < 0 || due.size() >= GapRetries.AT_ONCE) {
        continue;
      }
      Gap gap = minutes(feed, want.entry);
      if (gap != null && tickers.add(feed.ticker())) {
        due.put(want.entry.id(), new GapRetries.Question(feed.ticker(), gap));
      }
    }
    if (!due.isEmpty()) {
      retries.ask(due);
    }
  }

  private static @Nullable Gap minutes(TickerFeed feed, GapEntry entry) {
    Hole hole = hole(feed, entry.id());
    if (hole != null) {
      return new Gap(hole.from(), hole.to(), hole.extended());
    }
    Instant to = entry.to();
    return to == null ? null : Gap.around(entry.from(), to);
  }

  private GapEntry open(Ticker ticker, Instant from, GapCause cause, GapSink sink) {
    GapEntry entry =
        GapEntry.open(
            UUID.randomUUID(), ticker, from, cause.wire(), wallClock.instant(), "not yet over");
    opened.merge(cause, 1L, Long::sum);
    sink.put(entry);
    return entry;
  }

  private void close(GapEntry entry, GapSink sink) {
    closed.merge(entry.state(), 1L, Long::sum);
    sink.put(entry);
    boolean harmless = entry.state() == GapState.REPAIRED;
    (harmless ? entry.candles() > 0 ? log.atInfo() : log.atDebug() : log.atWarn())
        .addKeyValue("event", "gap." + entry.state().wire())
        .addKeyValue("ticker", entry.ticker())
        .addKeyValue("from", entry.from())
        .addKeyValue("to", entry.to())
        .addKeyValue("cause", entry.cause())
        .addKeyValue("candles", entry.candles())
        .log("A gap in the stream: {}", entry.note());
  }

  private void refresh() {
    stale = false;
    Set<Ticker> tickers = new HashSet<>();
    int open = 0;
    for (Map.Entry<Ticker, Loss> loss : losses.entrySet()) {
      if (loss.getValue().entry != null) {
        tickers.add(loss.getKey());
        open++;
      }
    }
    for (Wanted want : wanted.values()) {
      tickers.add(want.entry.ticker());
      open++;
    }
    GapStatus now =
        new GapStatus(Set.copyOf(tickers), open, Map.copyOf(opened), Map.copyOf(closed));
    if (!now.equals(status)) {
      status = now;
    }
  }

  private boolean isOpen(Instant time) {
    return rules.calendar().isOpen(time, rules.hours());
  }

  private boolean overlapsHours(Instant from, Instant to) {
    if (!from.isBefore(to)) {
      return false;
    }
    LocalDate date = rules.calendar().dateOf(from);
    LocalDate last = rules.calendar().dateOf(to);
    for (int day = 0; day < DAYS_LOOKED_AT && !date.isAfter(last); day++) {
      Hours hours = hours(date);
      if (hours != null && hours.from.isBefore(to) && hours.to.isAfter(from)) {
        return true;
      }
      date = date.plusDays(1);
    }
    return !date.isAfter(last);
  }

  private Instant startOfHours(LocalDate date, Instant from) {
    Hours hours = hours(date);
    return hours != null && hours.from.isAfter(from) ? hours.from : from;
  }

  private @Nullable Hours hours(LocalDate date) {
    MarketCalendar calendar = rules.calendar();
    if (rules.hours() == TradingHours.ALWAYS) {
      return new Hours(
          calendar.at(date, LocalTime.MIDNIGHT), calendar.at(date.plusDays(1), LocalTime.MIDNIGHT));
    }
    return calendar
        .session(date)
        .map(session -> new Hours(session.start(rules.hours()), session.end(rules.hours())))
        .orElse(null);
  }

  private static boolean isAwaited(TickerFeed feed, UUID gap) {
    Hole hole = hole(feed, gap);
    return hole != null && hole.first() == null;
  }

  private static @Nullable Hole hole(TickerFeed feed, UUID gap) {
    for (Hole hole : feed.holes()) {
      if (hole.gap().equals(gap)) {
        return hole;
      }
    }
    return null;
  }

  private static GapCause cause(GapEntry entry) {
    for (GapCause cause : GapCause.values()) {
      if (cause.wire().equals(entry.cause())) {
        return cause;
      }
    }
    return GapCause.RESTART;
  }

  private record Start(@Nullable Instant provenUntil, List<GapEntry> stored) {}

  private record Hours(Instant from, Instant to) {}

  /** Of one ticker; null means of all. */
  private record Request(
      @Nullable Ticker ticker, Instant from, @Nullable Instant to, GapCause cause) {}

  /**
   * A ticker that streams no more, and its entry once that fell within hours.
   *
   * @param completeUntil until when nothing at all was missed since this start; null where an
   *     earlier gap goes on
   */
  private record Loss(
      @Nullable Instant from,
      GapCause cause,
      @Nullable GapEntry entry,
      @Nullable Instant completeUntil) {}

  /** An entry whose candles are to be asked for at this time. */
  private record Wanted(GapEntry entry, long tryAtNanos) {}
}
