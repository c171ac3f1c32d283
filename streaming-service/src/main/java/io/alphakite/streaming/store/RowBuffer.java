package io.alphakite.streaming.store;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.MinuteBar;
import io.alphakite.streaming.feed.Restatement;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.feed.TickerState;
import io.alphakite.streaming.gap.GapEntry;
import io.alphakite.streaming.gap.GapSink;
import io.alphakite.streaming.option.OptionRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written: the newest row of each ticker and second and of each option contract
 * and second, the newest quote of each ticker, every account event, and which tickers' states and
 * bars have changed.
 *
 * <p>One lock is held while a message changes a feed and this buffer, and while {@link #drain}
 * takes everything out: rows and states always belong together, so a message is counted in both or
 * in neither.
 *
 * <p>At most {@link StoreSettings#rowsMax} rows and account events wait, half of that while there
 * is room on disk. Then {@link #update} waits for room, which stops the reading of the stream;
 * nothing is dropped.
 */
public final class RowBuffer implements GapSink {

  private final StoreSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition due = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Map<Ticker, Waiting> tickers = new LinkedHashMap<>();
  private final Map<OptionSecond, OptionRow> options = new LinkedHashMap<>();
  private List<AccountEvent> accountEvents = new ArrayList<>();
  private final Map<UUID, GapEntry> gapEntries = new LinkedHashMap<>();
  private List<Restatement> restatements = new ArrayList<>();
  private List<GapWork.LostRows> lostRows = new ArrayList<>();
  private int rows;
  private int quotesAlone;
  private long waitingSinceNanos;
  private long fullWaits;
  private long fullNanos;
  private boolean ending;
  private boolean closed;

  /** Empty. */
  public RowBuffer(StoreSettings settings) {
    this.settings = settings;
  }

  /**
   * Runs one step of the stream's work, in which feeds change and the {@code put} methods are
   * called. Waits first while the buffer is full.
   *
   * @throws InterruptedException while waiting; the step then has not run
   */
  public void update(Runnable step) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      awaitRoom();
      step.run();
      if (isDueBySize() || isHalfFullNow()) {
        due.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes a row in place of an older state of it. Within {@link #update} only. */
  @Override
  public void put(SecondRow row) {
    Waiting waiting = waiting(row.ticker());
    waiting.ticks++;
    if (waiting.rows.put(row.second(), row) == null) {
      rows++;
      if (waiting.rows.size() == 1 && waiting.quote != null) {
        quotesAlone--;
      }
      startWaiting();
    }
  }

  /** Takes a quote in place of an older one. Within {@link #update} only. */
  public void put(QuoteRow quote) {
    Waiting waiting = waiting(quote.quote().ticker());
    if (waiting.quote == null && waiting.rows.isEmpty()) {
      quotesAlone++;
    }
    waiting.quote = quote;
    startWaiting();
  }

  /** Takes an option row in place of an older state of it. Within {@link #update} only. */
  public void put(OptionRow row) {
    if (options.put(new OptionSecond(row.contract(), row.second()), row) == null) {
      startWaiting();
    }
  }

  /** Takes an account event. Within {@link #update} only. */
  public void put(AccountEvent event) {
    accountEvents.add(event);
    startWaiting();
  }

  /** Takes an entry in place of an older state of it. Within {@link #update} only. */
  @Override
  public void put(GapEntry entry) {
    gapEntries.put(entry.id(), entry);
    startWaiting();
  }

  /** Restates the rows that wait, and those written before. Within {@link #update} only. */
  @Override
  public void restate(Restatement restatement) {
    waiting(restatement.ticker()).rows.replaceAll((second, row) -> restatement.apply(row));
    restatements.add(restatement);
    startWaiting();
  }

  @Override
  public void replaceLost(Ticker ticker, UUID gap, List<Bar> candles) {
    lostRows.add(new GapWork.LostRows(ticker, gap, candles));
    startWaiting();
  }

  @Override
  public boolean restating() {
    return !restatements.isEmpty() || !lostRows.isEmpty();
  }

  /** Notes that this feed's state has changed. Within {@link #update} only. */
  @Override
  public void changed(TickerFeed feed) {
    waiting(feed.ticker()).feed = feed;
  }

  /** Whether something of this ticker waits. */
  public boolean holds(Ticker ticker) {
    lock.lock();
    try {
      Waiting waiting = tickers.get(ticker);
      return waiting != null
          && (waiting.feed != null || waiting.quote != null || !waiting.rows.isEmpty());
    } finally {
      lock.unlock();
    }
  }

  /** Ticks and candles of each ticker since the start. */
  Map<Ticker, Long> ticks() {
    lock.lock();
    try {
      Map<Ticker, Long> ticks = new HashMap<>();
      tickers.forEach((ticker, waiting) -> ticks.put(ticker, waiting.ticks));
      return ticks;
    } finally {
      lock.unlock();
    }
  }

  /** What waits and since when, for those who watch. */
  public Depth depth() {
    lock.lock();
    try {
      int waiting = waiting();
      return new Depth(
          waiting,
          waiting == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - waitingSinceNanos),
          fullWaits,
          Duration.ofNanos(fullNanos));
    } finally {
      lock.unlock();
    }
  }

  /**
   * How full it is.
   *
   * @param waiting changed rows, quotes and account events
   * @param oldest how long the oldest of them has waited
   * @param fullWaits how often the stream had to wait for room
   * @param fullTime how long in all
   */
  public record Depth(int waiting, Duration oldest, long fullWaits, Duration fullTime) {}

  /**
   * Waits until a flush is due: as many changed rows wait as the settings say, or something waits
   * and the interval since the last flush's beginning is over, or an account event waits, or the
   * buffer is closed.
   */
  void awaitDue(long lastBeganNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long end = lastBeganNanos + settings.batchInterval().toNanos();
      while (!closed && !isDueBySize()) {
        long left = end - System.nanoTime();
        if (left > 0) {
          due.awaitNanos(left);
        } else if (isEmpty()) {
          due.await();
        } else {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * While the database is away: waits until as much waits as memory shall hold, or something waits
   * and this time is over, or an account event waits, or the buffer is closed.
   */
  void awaitSpillDue(long lastBeganNanos, Duration interval) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long end = lastBeganNanos + interval.toNanos();
      while (!closed && !isHalfFullNow() && accountEvents.isEmpty()) {
        long left = end - System.nanoTime();
        if (left > 0) {
          due.awaitNanos(left);
        } else if (isEmpty()) {
          due.await();
        } else {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether half of what may wait does. */
  boolean isHalfFull() {
    lock.lock();
    try {
      return isHalfFullNow();
    } finally {
      lock.unlock();
    }
  }

  /** From now on nobody waits for room: what the stream had sent by its end is let in. */
  public void letIn() {
    lock.lock();
    try {
      ending = true;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes everything out as one consistent cut. */
  Batch drain() {
    lock.lock();
    try {
      List<SecondRow> drainedRows = new ArrayList<>(rows);
      List<QuoteRow> quotes = new ArrayList<>();
      List<MinuteBar> bars = new ArrayList<>();
      Map<Ticker, TickerState> states = new LinkedHashMap<>();
      for (Map.Entry<Ticker, Waiting> entry : tickers.entrySet()) {
        Waiting waiting = entry.getValue();
        drainedRows.addAll(waiting.rows.values());
        if (waiting.quote != null) {
          quotes.add(waiting.quote);
        }
        if (waiting.feed != null) {
          states.put(entry.getKey(), waiting.feed.state());
          bars.addAll(waiting.feed.changedBars());
        }
      }
      GapWork gaps = new GapWork(List.copyOf(gapEntries.values()), restatements, lostRows);
      List<OptionRow> optionRows = List.copyOf(options.values());
      Batch batch = new Batch(drainedRows, bars, quotes, optionRows, states, accountEvents, gaps);
      // Only now: an error above leaves everything waiting.
      tickers.values().forEach(Waiting::clear);
      options.clear();
      accountEvents = new ArrayList<>();
      gapEntries.clear();
      restatements = new ArrayList<>();
      lostRows = new ArrayList<>();
      rows = 0;
      quotesAlone = 0;
      room.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Lets a waiting writer go, for the last flush. */
  void close() {
    lock.lock();
    try {
      closed = true;
      ending = true;
      due.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom() throws InterruptedException {
    if (isFull() && !ending) {
      fullWaits++;
      long start = System.nanoTime();
      while (isFull() && !ending) {
        due.signal();
        room.await();
      }
      fullNanos += System.nanoTime() - start;
    }
  }

  private boolean isFull() {
    return rows + options.size() + accountEvents.size() >= settings.rowsMax();
  }

  private boolean isHalfFullNow() {
    return rows + options.size() + accountEvents.size() >= settings.rowsMax() / 2;
  }

  private boolean isDueBySize() {
    return rows + quotesAlone + options.size() >= Math.min(settings.batchSize(), settings.rowsMax())
        || !accountEvents.isEmpty()
        || !gapEntries.isEmpty();
  }

  private boolean isEmpty() {
    return waiting() == 0 && gapEntries.isEmpty();
  }

  private void startWaiting() {
    if (waiting() == 1) {
      waitingSinceNanos = System.nanoTime();
      // Whoever waits for the interval may be waiting for anything at all.
      due.signal();
    }
  }

  private int waiting() {
    return rows + quotesAlone + options.size() + accountEvents.size();
  }

  private Waiting waiting(Ticker ticker) {
    return tickers.computeIfAbsent(ticker, name -> new Waiting());
  }

  private record OptionSecond(OptionSymbol contract, long second) {}

  private static final class Waiting {
    private final Map<Long, SecondRow> rows = new LinkedHashMap<>();
    private @Nullable QuoteRow quote;
    private @Nullable TickerFeed feed;
    private long ticks;

    private void clear() {
      rows.clear();
      quote = null;
      if (feed != null) {
        feed.barsTaken();
      }
      feed = null;
    }
  }
}
