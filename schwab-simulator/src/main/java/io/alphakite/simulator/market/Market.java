package io.alphakite.simulator.market;

import io.alphakite.simulator.recording.RecordingReader;
import io.alphakite.simulator.recording.Recordings;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The market: recorded sessions replayed one after another on a clock of their own.
 *
 * <p>Everything that depends on what the market is now (images, bars, subscriptions, orders) is
 * guarded by one lock, {@link #lock()}; one thread moves the market. Between two steps, without the
 * lock, that thread waits until the stream has room, so a client that does not read holds market
 * time itself and nothing needs to be dropped.
 *
 * <p>Market time never goes back. Before anything of a time is shown, a time a little ahead of it
 * is saved ("reserved"); after a crash the market goes on from there. What lies between is not
 * shown as events but is in the images and candles.
 */
public final class Market implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Market.class);

  /** Events per step at most, so that the lock is not held for long. */
  private static final int STEP_EVENTS = 2000;

  /** The market catches up on so much wall time at most, after the machine or a client stalled. */
  private static final long CATCH_UP_NANOS = 250_000_000;

  private static final long IDLE_NANOS = 5_000_000;
  private static final long RESERVE_WALL_MILLIS = 250;

  /** Past days whose minutes are kept in memory; the others are read again when asked for. */
  private static final int WHOLE_DAYS = 64;

  private static final int OPEN_MINUTE = 9 * 60 + 30 - MinuteBars.FIRST_MINUTE;
  private static final int CLOSE_MINUTE = 16 * 60 - MinuteBars.FIRST_MINUTE;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final SimulatorSettings settings;
  private final Recordings recordings;
  private final SessionSchedule schedule;
  private final ReplayPlace place;
  private final int firstSession;

  /** The first session of which history knows: a caller's own days lie before the replay too. */
  private final int firstKnown;

  private final int dayStart;
  private final int dayEnd;
  private final TreeMap<String, TickerState> tickers = new TreeMap<>();
  private final Map<String, DayBar> dayBars = new HashMap<>();
  private final Map<String, MinuteBars> wholeDays =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, MinuteBars> eldest) {
          return size() > WHOLE_DAYS;
        }
      };
  private final List<MarketListener> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread = Thread.ofPlatform().daemon().name("market").unstarted(this::run);
  private Backpressure backpressure = () -> {};

  private int session;
  private long midnight;
  private RecordedDay day;
  private double goal;
  private volatile long now;
  private long reserved = Long.MIN_VALUE;
  private double speed;
  private boolean paused;
  private boolean waiting;
  private boolean stopped;
  private boolean closed;
  private int sessionsEnded;

  /** Continuous calendar only: the session's replay is over and the next has not begun. */
  private boolean between;

  private long nextTurn;

  /** Where the market's thread waits, without the lock, while the stream is full. */
  @FunctionalInterface
  public interface Backpressure {
    void awaitRoom() throws InterruptedException;
  }

  /** What the control page shows. */
  public record Status(
      double speed,
      boolean paused,
      boolean waitingForSubscriber,
      boolean stopped,
      Instant marketTime,
      LocalDate session,
      LocalDate recordedDate,
      int sessionNumber,
      SortedSet<String> recordedTickers) {}

  /**
   * Takes its place, with every image and bar as of then; nothing moves before {@link #start()}.
   *
   * @throws IllegalStateException when the saved place cannot be read
   */
  public Market(SimulatorSettings settings, Recordings recordings) {
    this.settings = settings;
    this.recordings = recordings;
    this.schedule =
        settings.csv() == null
            ? SessionSchedule.repeating(SimulatorSettings.FIRST_SESSION, recordings.dates())
            : SessionSchedule.once(recordings.dates());
    this.place = new ReplayPlace(settings.stateDirectory());
    this.firstSession = schedule.indexFrom(settings.startSession());
    this.firstKnown = settings.csv() == null ? firstSession : 0;
    this.dayStart = settings.dayStart().toSecondOfDay() * 1000;
    this.dayEnd = settings.dayEnd().toSecondOfDay() * 1000;
    this.speed = settings.speed();
    this.waiting = settings.waitForSubscriber();
    recordings.tickers().forEach(symbol -> tickers.put(symbol, new TickerState(symbol)));

    OptionalLong saved = place.load();
    session = firstSession;
    long start = schedule.midnight(session) + dayStart;
    if (saved.isPresent() && saved.getAsLong() > start && settings.continuous()) {
      start = saved.getAsLong();
      session = schedule.indexAt(start);
      if (start < schedule.midnight(session) + dayStart) {
        session--;
      }
      between = start > schedule.midnight(session) + dayEnd;
      stopped = between && schedule.isLast(session);
      nextTurn = schedule.nextTurn(start);
    } else if (saved.isPresent() && saved.getAsLong() > start) {
      session = schedule.indexAt(saved.getAsLong());
      long end = schedule.midnight(session) + dayEnd;
      if (saved.getAsLong() > end && !schedule.isLast(session)) {
        session++;
        end = schedule.midnight(session) + dayEnd;
      }
      start = Math.max(saved.getAsLong(), schedule.midnight(session) + dayStart);
      stopped = start > end;
      start = Math.min(start, end);
    }
    carryOver();
    day = open(between ? schedule.midnight(session) + dayEnd : start);
    settle(start);
    reserved = saved.isPresent() ? Math.max(start, saved.getAsLong()) : Long.MIN_VALUE;
  }

  /** The last images of tickers that are not recorded on this session's day. */
  private void carryOver() {
    SortedSet<String> today = recordings.tickers(schedule.recordedDate(session));
    for (TickerState ticker : tickers.values()) {
      if (today.contains(ticker.symbol())) {
        continue;
      }
      for (int k = session - 1; k >= firstKnown; k--) {
        if (recordings.has(schedule.recordedDate(k), ticker.symbol())) {
          long base = schedule.midnight(k);
          try (RecordingReader reader =
              recordings.open(schedule.recordedDate(k), ticker.symbol())) {
            ticker.startDay(schedule.date(k), previousClose(ticker.symbol(), k));
            while (reader.next() && reader.millisOfDay() <= dayEnd) {
              ticker.fold(reader, base);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          break;
        }
      }
    }
  }

  /** Opens the current session's day and folds it up to a time, without telling anybody. */
  private RecordedDay open(long until) {
    midnight = schedule.midnight(session);
    RecordedDay opened = new RecordedDay(recordings, schedule.recordedDate(session));
    for (String symbol : opened.tickers()) {
      state(symbol).startDay(schedule.date(session), previousClose(symbol, session));
    }
    while (opened.nextMillis() != Integer.MAX_VALUE && midnight + opened.nextMillis() <= until) {
      state(opened.event().ticker()).fold(opened.event(), midnight);
      opened.advance();
    }
    return opened;
  }

  private void settle(long time) {
    now = time;
    goal = time;
  }

  private TickerState state(String symbol) {
    TickerState state = tickers.get(symbol);
    if (state == null) {
      throw new IllegalStateException("no state for " + symbol);
    }
    return state;
  }

  /**
   * The close before session k: the recording's own where the day before is the recorded day
   * before, else the last close that was presented.
   */
  private long previousClose(String symbol, int k) {
    if (k > 0 && k % recordings.dates().size() == 0) {
      for (int before = k - 1; before >= 0; before--) {
        LocalDate date = schedule.recordedDate(before);
        if (recordings.has(date, symbol)) {
          return regularClose(wholeDay(date, symbol));
        }
      }
    }
    try (RecordingReader reader = recordings.open(schedule.recordedDate(k), symbol)) {
      return reader.previousCloseE4();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The close before a session of the replay; 0 when it is unknown or the ticker is not recorded
   * then. Use under the lock.
   */
  public long previousClose(String symbol, LocalDate date) {
    int k = schedule.indexFrom(date);
    return recordings.has(schedule.recordedDate(k), symbol) ? previousClose(symbol, k) : 0;
  }

  private static long regularClose(MinuteBars bars) {
    long close = 0;
    for (int i = OPEN_MINUTE; i < CLOSE_MINUTE; i++) {
      close = bars.has(i) ? bars.close(i) : close;
    }
    return close;
  }

  private MinuteBars wholeDay(LocalDate date, String symbol) {
    return wholeDays.computeIfAbsent(
        date + symbol,
        _ -> {
          TickerState whole = new TickerState(symbol);
          try (RecordingReader reader = recordings.open(date, symbol)) {
            whole.startDay(date, 0);
            while (reader.next()) {
              whole.fold(reader, 0);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return whole.today();
        });
  }

  /**
   * A regular session in one bar.
   *
   * @param date the session it is presented on
   */
  public record DayBar(
      LocalDate date, long openE4, long highE4, long lowE4, long closeE4, long volume) {
    private static Optional<DayBar> of(LocalDate date, MinuteBars bars) {
      DayBar day = null;
      for (int i = OPEN_MINUTE; i < CLOSE_MINUTE; i++) {
        if (bars.has(i)) {
          day =
              day == null
                  ? new DayBar(
                      date, bars.open(i), bars.high(i), bars.low(i), bars.close(i), bars.volume(i))
                  : new DayBar(
                      date,
                      day.openE4,
                      Math.max(day.highE4, bars.high(i)),
                      Math.min(day.lowE4, bars.low(i)),
                      bars.close(i),
                      day.volume + bars.volume(i));
        }
      }
      return Optional.ofNullable(day);
    }

    private DayBar on(LocalDate session) {
      return new DayBar(session, openE4, highE4, lowE4, closeE4, volume);
    }
  }

  /** Guards everything that depends on what the market is now. */
  public ReentrantLock lock() {
    return lock;
  }

  /** Before {@link #start()} only. */
  public void listen(MarketListener listener) {
    listeners.add(listener);
  }

  /** Before {@link #start()} only. */
  public void backpressure(Backpressure wait) {
    backpressure = wait;
  }

  /** Lets the clock run (or wait for its first subscriber). */
  public void start() {
    thread.start();
  }

  /** A client subscribed to level one: from now on the market waits for nobody. */
  public void subscriberArrived() {
    changing(() -> waiting = false);
  }

  /** Market seconds per wall second at most: with nights to pass, more. */
  public double maxSpeed() {
    return settings.continuous() ? SimulatorSettings.MAX_NIGHT_SPEED : SimulatorSettings.MAX_SPEED;
  }

  /** Market seconds per wall second from now on, 1 to {@link #maxSpeed()}. */
  public void speed(double marketPerWall) {
    if (!(marketPerWall >= 1) || marketPerWall > maxSpeed()) {
      throw new IllegalArgumentException(
          "speed must be from 1 to " + (long) maxSpeed() + ", not " + marketPerWall);
    }
    changing(() -> speed = marketPerWall);
  }

  /** Holds the clock, or lets it go on. */
  public void paused(boolean hold) {
    changing(() -> paused = hold);
  }

  private void changing(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The market's clock. */
  public Instant now() {
    return Instant.ofEpochMilli(nowMillis());
  }

  /** The market's clock in epoch milliseconds. */
  public long nowMillis() {
    return now;
  }

  /** Date of the session under replay. */
  public LocalDate sessionDate() {
    lock.lock();
    try {
      return schedule.date(session);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The date that the market counts: that of the session under replay, or, in a continuous
   * calendar, New York's, which turns at 03:30.
   */
  public LocalDate tradingDate() {
    return settings.continuous() ? SessionSchedule.tradingDate(now()) : sessionDate();
  }

  /** The state of a ticker, empty when it was never recorded. Use under the lock. */
  public Optional<TickerState> ticker(String symbol) {
    return Optional.ofNullable(tickers.get(symbol));
  }

  /** Every ticker ever recorded. Use under the lock. */
  public Collection<TickerState> tickers() {
    return tickers.values();
  }

  /** A day of history: what had been printed on it by now. */
  public record HistoryDay(LocalDate date, long midnightMillis, MinuteBars bars) {}

  /**
   * A ticker's days from the first session known to today, oldest first, with dates in the given
   * range; today's as far as it has come. Use under the lock.
   */
  public List<HistoryDay> history(String symbol, LocalDate from, LocalDate to) {
    List<HistoryDay> days = new ArrayList<>();
    for (int k = firstKnown; k <= session; k++) {
      LocalDate date = schedule.date(k);
      if (date.isBefore(from) || date.isAfter(to)) {
        continue;
      }
      LocalDate recorded = schedule.recordedDate(k);
      if (recordings.has(recorded, symbol)) {
        MinuteBars bars = k == session ? state(symbol).today() : wholeDay(recorded, symbol);
        days.add(new HistoryDay(date, schedule.midnight(k), bars));
      }
    }
    return days;
  }

  /**
   * A ticker's regular sessions as one bar each, as {@link #history} would give them but without
   * their minutes; sessions without a regular print are absent. Use under the lock.
   */
  public List<DayBar> dayBars(String symbol, LocalDate from, LocalDate to) {
    List<DayBar> days = new ArrayList<>();
    for (int k = firstKnown; k <= session; k++) {
      LocalDate date = schedule.date(k);
      LocalDate recorded = schedule.recordedDate(k);
      if (date.isBefore(from) || date.isAfter(to) || !recordings.has(recorded, symbol)) {
        continue;
      }
      if (k == session) {
        DayBar.of(date, state(symbol).today()).ifPresent(days::add);
        continue;
      }
      DayBar known = dayBars.get(recorded + symbol);
      if (known == null) {
        Optional<DayBar> folded = DayBar.of(recorded, wholeDay(recorded, symbol));
        folded.ifPresent(day -> dayBars.put(recorded + symbol, day));
        known = folded.orElse(null);
      }
      if (known != null) {
        days.add(known.on(date));
      }
    }
    return days;
  }

  public Status status() {
    lock.lock();
    try {
      LocalDate recorded = schedule.recordedDate(session);
      return new Status(
          speed,
          paused,
          waiting,
          stopped,
          Instant.ofEpochMilli(now),
          schedule.date(session),
          recorded,
          session,
          recordings.tickers(recorded));
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long last = System.nanoTime();
    while (true) {
      boolean more = false;
      try {
        lock.lockInterruptibly();
        try {
          if (closed) {
            return;
          }
          if (paused || waiting || stopped) {
            changed.await(1, TimeUnit.SECONDS);
            last = System.nanoTime();
            continue;
          }
          long nanos = System.nanoTime();
          double ahead = CATCH_UP_NANOS / 1e6 * speed;
          goal = Math.min(goal + (nanos - last) / 1e6 * speed, now + ahead);
          last = nanos;
          more = step();
        } finally {
          lock.unlock();
        }
        backpressure.awaitRoom();
        if (!more) {
          TimeUnit.NANOSECONDS.sleep(IDLE_NANOS);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.atError()
            .addKeyValue("event", "market.failed")
            .setCause(e)
            .log("The market could not go on; trying again in a second");
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Moves towards the goal; true when events are left before it. */
  private boolean step() {
    if (between) {
      return night();
    }
    // Never cut within a millisecond: the place that is saved is a time.
    for (int events = 0; events < STEP_EVENTS || midnight + day.nextMillis() == now; events++) {
      long end = midnight + dayEnd;
      long limit = Math.min((long) goal, end);
      reserve(limit);
      long next = midnight + day.nextMillis();
      if (day.nextMillis() != Integer.MAX_VALUE && next <= limit) {
        reach(next);
        TickerState state = state(day.event().ticker());
        boolean quote = day.event().kind() == RecordingReader.Kind.QUOTE;
        state.fold(day.event(), midnight);
        day.advance();
        for (MarketListener listener : listeners) {
          listener.changed(state, quote);
        }
      } else if (limit == end) {
        reach(end);
        return endSession();
      } else {
        reach(limit);
        return false;
      }
    }
    return true;
  }

  /** Time without a session: nights, weekends, holidays. Only the day's own figures change. */
  private boolean night() {
    long start = schedule.midnight(session + 1) + dayStart;
    long limit = Math.min((long) goal, Math.min(nextTurn, start));
    reserve(limit);
    reach(limit);
    if (limit == start) {
      beginSession();
      return true;
    }
    if (limit == nextTurn) {
      if (schedule.midnight(session + 1) <= limit) {
        turn(limit);
      }
      nextTurn = schedule.nextTurn(limit);
      return true;
    }
    return false;
  }

  /** On the morning of a session: at 03:30 high, low, open and close, at 07:28 the volume. */
  private void turn(long time) {
    SortedSet<String> today = recordings.tickers(schedule.recordedDate(session + 1));
    boolean volume = schedule.isVolumeTurn(time);
    for (TickerState ticker : tickers.values()) {
      if (!today.contains(ticker.symbol())) {
        continue;
      }
      if (volume) {
        ticker.image().startVolume();
      } else {
        ticker.image().startPrices(previousClose(ticker.symbol(), session + 1));
      }
      for (MarketListener listener : listeners) {
        listener.changed(ticker, false);
      }
    }
  }

  private void reach(long time) {
    now = Math.max(now, time);
    for (MarketListener listener : listeners) {
      listener.timeIs(now);
    }
  }

  /** What is shown up to {@code time} must never be shown again, however this process ends. */
  private void reserve(long time) {
    if (time > reserved) {
      long next = time + (long) (RESERVE_WALL_MILLIS * speed);
      place.save(next);
      reserved = next;
    }
  }

  private boolean endSession() {
    log.atInfo()
        .addKeyValue("event", "session.ended")
        .addKeyValue("session", schedule.date(session))
        .log("Session ended");
    sessionsEnded++;
    if (sessionsEnded == settings.stopAfterSessions() || schedule.isLast(session)) {
      stopped = true;
      return false;
    }
    if (settings.continuous()) {
      between = true;
      nextTurn = schedule.nextTurn(now);
    } else {
      beginSession();
    }
    return true;
  }

  private void beginSession() {
    between = false;
    day.close();
    session++;
    long start = schedule.midnight(session) + dayStart;
    reserve(start);
    day = open(start);
    settle(start);
    for (MarketListener listener : listeners) {
      listener.sessionStarted();
      listener.timeIs(now);
    }
    log.atInfo()
        .addKeyValue("event", "session.started")
        .addKeyValue("session", schedule.date(session))
        .addKeyValue("recorded", schedule.recordedDate(session))
        .log("Session started");
  }

  /** Stops the clock and saves the exact place. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      changed.signalAll();
      if (reserved != Long.MIN_VALUE) {
        // Nothing after this has been shown; a stopped session must not start again, though.
        place.save(stopped ? now + 1 : now);
      }
      day.close();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
  }
}
