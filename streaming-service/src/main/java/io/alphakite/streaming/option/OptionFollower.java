package io.alphakite.streaming.option;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.MarketData;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the streamed contracts around the money, on a thread of its own: it looks at prices and
 * time ten times a second, fetches chains one after another, and tells the stream what is wanted.
 * The stream sends the difference alone, so contracts that stay are not disturbed.
 *
 * <p>Chains take at most a share of the service's requests in any minute, so that the price history
 * of a gap is never kept waiting for them; the contracts that are known are followed meanwhile.
 */
public final class OptionFollower implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OptionFollower.class);

  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Duration JOIN = Duration.ofMillis(500);

  /** The fields of a row: all others stay with Schwab. */
  private static final Set<Integer> FIELDS =
      Set.of(0, 2, 3, 4, 8, 9, 10, 20, 21, 28, 29, 30, 31, 38, 39);

  private final Supplier<? extends Collection<Ticker>> tickers;
  private final OptionFeed feed;
  private final OptionBook book;
  private final OptionChains chains;
  private final SchwabStream stream;
  private final MarketCalendar calendar;
  private final int chainsPerMinute;
  private final Deque<Long> fetchedAtNanos = new ArrayDeque<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private Map<OptionSymbol, Ticker> told = Map.of();
  private volatile int contracts;
  private volatile long underlyings;
  private volatile int beyondLimit;
  private volatile Map<Ticker, MissingChain> missing = Map.of();
  private volatile long chainRequests;

  /**
   * Not yet started.
   *
   * @param tickers the underlyings, which may change at any time
   * @param chainsPerMinute so many chains are fetched in a minute; each takes two requests
   */
  public OptionFollower(
      OptionSettings settings,
      Supplier<? extends Collection<Ticker>> tickers,
      OptionFeed feed,
      MarketData marketData,
      SchwabStream stream,
      MarketCalendar calendar,
      int chainsPerMinute) {
    this.tickers = tickers;
    this.feed = feed;
    this.book = new OptionBook(calendar, settings, StreamService.LEVELONE_OPTIONS.keysMax());
    this.chains = new OptionChains(marketData, settings);
    this.stream = stream;
    this.calendar = calendar;
    this.chainsPerMinute = chainsPerMinute;
    this.thread = Thread.ofPlatform().name("option-follower").daemon(true).unstarted(this::run);
  }

  /** Starts following. */
  public void start() {
    stream.view(StreamService.LEVELONE_OPTIONS, FIELDS);
    thread.start();
  }

  /** How it goes. */
  public OptionStatus status() {
    return new OptionStatus(
        contracts,
        underlyings,
        missing,
        beyondLimit,
        feed.refusals(),
        chainRequests,
        feed.counts());
  }

  /** Stops following; what is streamed stays so. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(JOIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closing.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      Instant now = feed.marketNow();
      if (now.equals(Instant.EPOCH)) {
        return;
      }
      if (book.advance(tickers.get(), now, feed::price)) {
        tell();
      }
      Optional<Ticker> due = book.due(now, System.nanoTime());
      if (due.isPresent() && hasTurn()) {
        fetch(due.get(), now);
      }
    } catch (RuntimeException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("event", "options.follow_failed")
          .log("Following the options met an error of ours; it goes on");
    }
  }

  /** Whether another chain may be asked for in this minute. */
  private boolean hasTurn() {
    long now = System.nanoTime();
    while (!fetchedAtNanos.isEmpty() && now - fetchedAtNanos.getFirst() > MINUTE_NANOS) {
      fetchedAtNanos.removeFirst();
    }
    return fetchedAtNanos.size() < chainsPerMinute;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Only this thread writes.
  private void fetch(Ticker ticker, Instant now) {
    fetchedAtNanos.addLast(System.nanoTime());
    chainRequests++;
    boolean missed = book.missing().containsKey(ticker);
    try {
      book.fetched(
          ticker, chains.fetch(ticker, calendar.firstLiveExpiration(now)), now, System.nanoTime());
    } catch (SchwabException e) {
      book.failed(ticker, e.kind().name(), now, System.nanoTime());
    }
    missing = book.missing();
    MissingChain still = missing.get(ticker);
    if (still == null) {
      log.atInfo()
          .addKeyValue("event", "options.chain")
          .addKeyValue("ticker", ticker)
          .log("Has an option chain");
      tell();
    } else if (!missed) {
      log.atWarn()
          .addKeyValue("event", "options.chain_missing")
          .addKeyValue("ticker", ticker)
          .log("No option chain, trying again: {}", still.reason());
    }
  }

  /** Tells the stream what is wanted now. */
  private void tell() {
    Map<OptionSymbol, Ticker> now = new LinkedHashMap<>(book.wanted());
    beyondLimit = book.beyondLimit();
    missing = book.missing();
    if (now.equals(told) || closing.getCount() == 0) {
      return;
    }
    List<OptionSymbol> fresh = now.keySet().stream().filter(key -> !told.containsKey(key)).toList();
    long gone = told.keySet().stream().filter(key -> !now.containsKey(key)).count();
    // First the feed, so that it knows a contract when its image comes.
    feed.want(now);
    stream.replace(
        StreamService.LEVELONE_OPTIONS, now.keySet().stream().map(OptionSymbol::format).toList());
    told = now;
    contracts = now.size();
    underlyings = now.values().stream().distinct().count();
    log.atInfo()
        .addKeyValue("event", "options.followed")
        .addKeyValue("contracts", now.size())
        .log("Streams {} contracts: {} new, {} gone", now.size(), fresh.size(), gone);
  }
}
