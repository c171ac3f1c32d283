package io.alphakite.streaming.intake;

import io.alphakite.model.market.Quote;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.LevelOneEquity;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamService;
import io.alphakite.streaming.account.AccountActivityReader;
import io.alphakite.streaming.feed.FeedCounts;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.feed.TickerQuote;
import io.alphakite.streaming.gap.GapCause;
import io.alphakite.streaming.gap.GapLedger;
import io.alphakite.streaming.history.Gap;
import io.alphakite.streaming.history.PriceHistory;
import io.alphakite.streaming.option.OptionFeed;
import io.alphakite.streaming.option.OptionRow;
import io.alphakite.streaming.quarantine.Quarantine;
import io.alphakite.streaming.store.QuoteRow;
import io.alphakite.streaming.store.RowBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes from the stream, on one thread, and turns it into rows: level-one messages go through the
 * ticker's feed, options' through theirs, account activity goes to the buffer as it is.
 *
 * <p>After each connection the messages are held until the first images are there ({@link
 * FirstImages}); then each ticker's candles of what was missed are asked for, and its messages are
 * held until they have gone into its feed ({@link Newcomers}), while the others go on.
 *
 * <p>Tickers come and go while it runs ({@link #change}); the others do not notice.
 *
 * <p>A message that meets an error of ours is logged, counted and skipped; the stream goes on.
 */
public final class StreamIntake implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StreamIntake.class);

  private static final Duration WAIT = Duration.ofMillis(200);
  // While candles are on their way.
  private static final Duration SHORT_WAIT = Duration.ofMillis(20);
  private static final Duration STATUS_EVERY = Duration.ofMillis(250);
  // The status of thousands of tickers takes at most a hundredth of the time.
  private static final long STATUS_SHARE = 100;
  private static final Duration CLOCK_BELIEVED = Duration.ofMinutes(1);
  private static final Duration GAPS_EVERY = Duration.ofMillis(50);
  private static final Duration RETRY_DENIED = Duration.ofSeconds(60);
  private static final Duration LAST_CANDLES = Duration.ofSeconds(1);
  private static final Duration JOIN = Duration.ofMillis(1_500);
  // Events applied while the buffer's lock is held.
  private static final int STEP = 256;
  private static final int LAST_PRICE = 3;
  private static final int TOTAL_VOLUME = 8;
  private static final int TRADE_TIME = 35;

  private final SchwabStream stream;
  private final Map<Ticker, TickerFeed> feeds;
  private final Map<Ticker, TickerQuote> quotes = new HashMap<>();
  private final FeedRules rules;
  private final GapLedger gaps;
  private final OptionFeed options;
  private final RowBuffer buffer;
  private final InstantSource wallClock;
  private final boolean wallMarket;
  private final Thread thread;

  private final Map<Ticker, String> refused = new HashMap<>();
  private final Quarantine quarantine = new Quarantine();
  // Tickers whose first image has not come, and when it was asked for.
  private final Map<Ticker, Instant> unfilled = new HashMap<>();
  private final Newcomers newcomers;
  private final Roster roster = new Roster();
  private final ConcurrentLinkedQueue<Change> changes = new ConcurrentLinkedQueue<>();
  private @Nullable FirstImages images;
  private Instant connectedAt = Instant.EPOCH;
  private boolean connected;
  private @Nullable String problem = "not yet connected";
  private boolean gaveUp;
  private long restartAtNanos;
  private boolean restartDue;
  private long broken;
  private long passedOver;
  private long statusDueNanos = System.nanoTime();
  private long gapsAtNanos = System.nanoTime() - GAPS_EVERY.toNanos();
  private volatile IntakeStatus status = IntakeStatus.STARTING;
  private volatile boolean closing;

  /**
   * Not yet started.
   *
   * @param feeds one for each ticker to stream at first; owned by this from now on
   * @param wallMarket whether the wall clock is the market's clock ({@code MARKET_CLOCK=wall})
   */
  public StreamIntake(
      SchwabStream stream,
      Map<Ticker, TickerFeed> feeds,
      FeedRules rules,
      PriceHistory history,
      GapLedger gaps,
      OptionFeed options,
      RowBuffer buffer,
      InstantSource wallClock,
      boolean wallMarket) {
    this.stream = stream;
    this.feeds = new LinkedHashMap<>(feeds);
    this.rules = rules;
    this.newcomers = new Newcomers(history);
    this.gaps = gaps;
    this.options = options;
    this.buffer = buffer;
    this.wallClock = wallClock;
    this.wallMarket = wallMarket;
    feeds.keySet().forEach(ticker -> quotes.put(ticker, new TickerQuote(ticker)));
    roster.waiting(feeds.keySet(), null);
    this.thread = Thread.ofPlatform().name("stream-intake").daemon(true).unstarted(this::run);
  }

  private record Change(Map<Ticker, TickerFeed> added, Set<Ticker> removed) {}

  /** Subscribes and starts taking. */
  public void start() {
    try {
      makeChanges();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    stream.subscribeEquities(feeds.keySet());
    stream.subscribeAccountActivity();
    stream.start();
    thread.start();
  }

  /**
   * Streams more tickers, in this order, and others no longer, soon. What is taken by then is in
   * the buffer.
   *
   * @param added owned by this from now on, until they are removed
   */
  public void change(Map<Ticker, TickerFeed> added, Set<Ticker> removed) {
    changes.add(new Change(new LinkedHashMap<>(added), Set.copyOf(removed)));
  }

  /** Its tickers and how each stands. */
  public Roster roster() {
    return roster;
  }

  /** How it goes, as of at most a second ago. */
  public IntakeStatus status() {
    return status;
  }

  /** Logs out, takes what had come by then, and stops; then everything taken is in the buffer. */
  @Override
  public void close() {
    stream.close();
    closing = true;
    try {
      if (thread.isAlive() && !thread.join(JOIN)) {
        thread.interrupt();
        thread.join(JOIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<StreamEvent> events = new ArrayList<>(STEP);
    boolean last = false;
    while (!last) {
      last = closing;
      try {
        makeChanges();
        StreamEvent first = last ? null : stream.next(newcomers.isEmpty() ? WAIT : SHORT_WAIT);
        if (first != null) {
          events.add(first);
        }
        // At the end everything that has come is taken, step by step.
        if (stream.drain(events, STEP - 1) > 0) {
          last = false;
        }
        keepLedger();
        take(events);
        FirstImages waiting = images;
        if (waiting != null && (last || waiting.complete(System.nanoTime()))) {
          fillAndRelease(waiting);
        }
        receiveNewcomers();
        restartIfDue();
        refreshStatus();
      } catch (InterruptedException e) {
        // Told to stop at once.
        return;
      } catch (RuntimeException e) {
        broken++;
        log.atError()
            .setCause(e)
            .addKeyValue("event", "intake.step_failed")
            .log("Some messages were skipped; the stream goes on");
      }
      events.clear();
    }
    receiveLastNewcomers();
  }

  /** At the end: candles that are about to come save a restart from asking again. */
  private void receiveLastNewcomers() {
    long end = System.nanoTime() + LAST_CANDLES.toNanos();
    try {
      while (!newcomers.isEmpty() && System.nanoTime() - end < 0) {
        receiveNewcomers();
        Thread.sleep(SHORT_WAIT);
      }
      receiveNewcomers();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    newcomers.clear();
  }

  /** Applies events, or holds them while the first images of their connection are awaited. */
  private void take(List<StreamEvent> events) throws InterruptedException {
    int from = 0;
    for (int i = 0; i < events.size(); i++) {
      StreamEvent event = events.get(i);
      switch (event) {
        case StreamEvent.Connected newest -> {
          apply(events.subList(from, i));
          from = i + 1;
          releaseHeld();
          connected(newest);
        }
        case StreamEvent.Disconnected lost -> {
          apply(events.subList(from, i));
          from = i + 1;
          // What came is worth applying; the next connection fills what follows.
          releaseHeld();
          disconnected(lost);
        }
        case StreamEvent.Stopped stopped -> {
          apply(events.subList(from, i));
          from = i + 1;
          stopped(stopped);
        }
        case StreamEvent.Damaged damage -> {
          apply(events.subList(from, i));
          from = i + 1;
          releaseHeld();
          damaged(damage);
        }
        case EquityUpdate update when images == null && goesOn(update) -> {
          apply(events.subList(from, i));
          from = i;
          fillOne(update);
        }
        default -> {
          FirstImages waiting = images;
          if (waiting != null) {
            waiting.hold(event);
            from = i + 1;
            if (waiting.complete(System.nanoTime())) {
              fillAndRelease(waiting);
            }
          }
        }
      }
    }
    apply(events.subList(from, events.size()));
  }

  private void connected(StreamEvent.Connected event) {
    connected = true;
    connectedAt = event.at();
    problem = null;
    refused.clear();
    options.connected();
    unfilled.clear();
    roster.waiting(feeds.keySet(), null);
    images = new FirstImages(feeds.keySet(), System.nanoTime());
    log.atInfo()
        .addKeyValue("event", "feed.connected")
        .addKeyValue("generation", event.generation())
        .log("Streaming {} tickers", feeds.size());
  }

  private void disconnected(StreamEvent.Disconnected event) throws InterruptedException {
    streamLost();
    connected = false;
    problem = event.reason();
    roster.waiting(feeds.keySet(), "not connected: " + event.reason());
  }

  private void stopped(StreamEvent.Stopped event) throws InterruptedException {
    streamLost();
    connected = false;
    problem = event.reason();
    switch (event.cause()) {
      // Two programs of one user would cut each other off for ever: a person has to decide.
      case TAKEN_OVER -> gaveUp = true;
      case LOGIN_DENIED -> {
        restartDue = true;
        restartAtNanos = System.nanoTime() + RETRY_DENIED.toNanos();
      }
    }
  }

  private void restartIfDue() {
    if (restartDue && System.nanoTime() - restartAtNanos >= 0) {
      restartDue = false;
      stream.start();
    }
  }

  /** Whether this is the first message of a ticker after a gap of its own. */
  private boolean goesOn(EquityUpdate update) {
    Ticker ticker = update.ticker();
    return (update.first() && unfilled.containsKey(ticker))
        || (gaps.isLost(ticker) && !newcomers.awaits(ticker));
  }

  private void releaseHeld() throws InterruptedException {
    FirstImages waiting = images;
    if (waiting != null) {
      fillAndRelease(waiting);
    }
  }

  private void fillAndRelease(FirstImages waiting) throws InterruptedException {
    images = null;
    waiting.missing().forEach(ticker -> unfilled.putIfAbsent(ticker, connectedAt));
    fill(waiting, connectedAt);
    apply(waiting.held());
  }

  /** What came of a ticker knows all that was before its own newest event. */
  private void fillOne(EquityUpdate update) throws InterruptedException {
    FirstImages alone = FirstImages.alone(update);
    Instant known = alone.moments().get(update.ticker());
    fill(alone, known != null && known.isAfter(connectedAt) ? known : connectedAt);
  }

  /**
   * Asks for the candles of what was missed; they go into the feeds before the images.
   *
   * @param askedBy when images were asked for at the latest, unless known for a ticker
   */
  private void fill(FirstImages waiting, Instant askedBy) throws InterruptedException {
    Map<TickerFeed, Instant> complete = new LinkedHashMap<>();
    waiting
        .moments()
        .forEach(
            (ticker, moment) -> {
              // What an earlier connection still waited for is part of the gap.
              newcomers.drop(ticker);
              Instant askedAt = unfilled.remove(ticker);
              TickerFeed feed = feeds.get(ticker);
              if (feed != null) {
                // Under the wall clock, candles that ended before the images were asked for.
                Instant asked = askedAt == null ? askedBy : askedAt;
                Gap.of(rules, coveredUntil(feed), wallMarket ? believed(asked, moment) : moment)
                    .ifPresentOrElse(
                        gap -> newcomers.begin(ticker, gap, moment),
                        () -> complete.put(feed, moment));
              }
            });
    if (!complete.isEmpty()) {
      buffer.update(
          () -> complete.forEach((feed, moment) -> gaps.resumed(feed, moment, null, null, buffer)));
    }
  }

  /** Where the stream was complete, minutes without a trade are covered too. */
  private @Nullable Instant coveredUntil(TickerFeed feed) {
    Instant traded = feed.coveredUntil();
    Instant complete = gaps.completeUntil(feed.ticker());
    return traded == null || complete == null
        ? traded
        : FirstImages.latest(traded, complete.truncatedTo(ChronoUnit.MINUTES));
  }

  /** A clock that is wrong says no more than the newest event does. */
  private static Instant believed(Instant asked, Instant newestEvent) {
    Instant least = newestEvent.minus(CLOCK_BELIEVED);
    return asked.isAfter(newestEvent) ? newestEvent : asked.isBefore(least) ? least : asked;
  }

  /** Puts candles that have come into their feeds, and then what was held of these. */
  private void receiveNewcomers() throws InterruptedException {
    for (Newcomers.Arrived arrived : newcomers.arrived(System.nanoTime())) {
      TickerFeed feed = feeds.get(arrived.ticker());
      if (feed == null) {
        continue;
      }
      buffer.update(
          () -> gaps.resumed(feed, arrived.moment(), arrived.missed(), arrived.candles(), buffer));
      apply(arrived.messages());
    }
  }

  /** Lets tickers come and go. */
  private void makeChanges() throws InterruptedException {
    for (Change change = changes.poll(); change != null; change = changes.poll()) {
      for (Ticker ticker : change.removed()) {
        remove(ticker);
      }
      if (!change.removed().isEmpty()) {
        stream.unsubscribe(
            StreamService.LEVELONE_EQUITIES,
            change.removed().stream().map(Ticker::symbol).toList());
      }
      Instant now = wallClock.instant();
      for (Map.Entry<Ticker, TickerFeed> added : change.added().entrySet()) {
        add(added.getKey(), added.getValue(), now);
      }
      if (!change.added().isEmpty()) {
        stream.subscribeEquities(change.added().keySet());
      }
    }
  }

  private void add(Ticker ticker, TickerFeed feed, Instant now) throws InterruptedException {
    buffer.update(() -> gaps.added(feed, feed.newestTrade(), buffer));
    feeds.put(ticker, feed);
    quotes.put(ticker, new TickerQuote(ticker));
    roster.waiting(Set.of(ticker), connected ? null : "not connected: " + problem);
    unfilled.put(ticker, now);
    FirstImages waiting = images;
    if (waiting != null) {
      waiting.expect(ticker);
    }
  }

  private void remove(Ticker ticker) throws InterruptedException {
    TickerFeed gone = feeds.remove(ticker);
    if (gone != null) {
      buffer.update(() -> gaps.drop(gone, buffer));
    }
    quotes.remove(ticker);
    unfilled.remove(ticker);
    refused.remove(ticker);
    quarantine.forget(ticker);
    newcomers.drop(ticker);
    roster.removed(ticker);
    FirstImages waiting = images;
    if (waiting != null) {
      waiting.forget(ticker);
    }
  }

  private void streamLost() throws InterruptedException {
    // What they held is part of the gap.
    newcomers.clear();
    buffer.update(() -> gaps.lost(feeds.values(), newestEvent(), GapCause.DISCONNECT, buffer));
  }

  /** What follows is not proven complete until the next image. */
  private void damaged(StreamEvent.Damaged damage) throws InterruptedException {
    Ticker one = damage.ticker();
    List<TickerFeed> touched =
        feeds.values().stream().filter(feed -> one == null || feed.ticker().equals(one)).toList();
    Instant from = damage.from() == null ? newestEvent() : damage.from();
    for (TickerFeed feed : touched) {
      newcomers.drop(feed.ticker());
      if (damage.withheld()) {
        unfilled.put(feed.ticker(), wallClock.instant());
      }
    }
    buffer.update(() -> gaps.lost(touched, from, GapCause.DAMAGED, buffer));
  }

  private void keepLedger() throws InterruptedException {
    // A gap that was just opened is known before the message that may end it.
    if (gaps.idle()
        || (!gaps.isAsked() && System.nanoTime() - gapsAtNanos < GAPS_EVERY.toNanos())) {
      return;
    }
    gapsAtNanos = System.nanoTime();
    Instant now = wallMarket ? wallClock.instant() : newestEvent();
    buffer.update(() -> gaps.step(feeds, now, buffer));
  }

  /** The newest trade or quote time met; null before the first. */
  private @Nullable Instant newestEvent() {
    Instant newest = null;
    for (TickerFeed feed : feeds.values()) {
      newest = FirstImages.latest(newest, feed.newestTrade());
    }
    for (TickerQuote quote : quotes.values()) {
      newest = FirstImages.latest(newest, quote.newestQuote());
    }
    return newest;
  }

  private void apply(List<? extends StreamEvent> events) throws InterruptedException {
    for (int from = 0; from < events.size(); from += STEP) {
      List<? extends StreamEvent> step = events.subList(from, Math.min(from + STEP, events.size()));
      Instant receivedAt = wallClock.instant();
      buffer.update(() -> step.forEach(event -> applyOne(event, receivedAt)));
    }
  }

  private void applyOne(StreamEvent event, Instant receivedAt) {
    try {
      switch (event) {
        case EquityUpdate update -> equity(update, receivedAt);
        case StreamEvent.AccountActivity activity ->
            buffer.put(AccountActivityReader.read(activity, receivedAt));
        case StreamEvent.SubscriptionRefused refusal -> refused(refusal);
        case StreamEvent.Heartbeat _,
            StreamEvent.Connected _,
            StreamEvent.Damaged _,
            StreamEvent.Disconnected _,
            StreamEvent.Stopped _ -> {}
        case StreamEvent.OptionUpdate update -> {
          OptionRow row = options.accept(update);
          if (row != null) {
            buffer.put(row);
          }
        }
        case StreamEvent.LevelOneUpdate _,
            StreamEvent.BarUpdate _,
            StreamEvent.BookUpdate _,
            StreamEvent.ScreenerUpdate _,
            StreamEvent.Stale _,
            StreamEvent.Fresh _ ->
            passedOver++;
      }
    } catch (RuntimeException e) {
      broken++;
      log.atError()
          .setCause(e)
          .addKeyValue("event", "intake.message_failed")
          .log("A message was skipped");
    }
  }

  private void equity(EquityUpdate update, Instant receivedAt) {
    TickerFeed feed = feeds.get(update.ticker());
    TickerQuote quote = quotes.get(update.ticker());
    if (feed == null || quote == null) {
      return;
    }
    if (update.first()) {
      refused.remove(update.ticker());
    }
    roster.streaming(update.ticker());
    if (newcomers.hold(update)) {
      return;
    }
    LevelOneEquity image = update.image();
    Quarantine.Verdict believed = quarantine.judge(image, feed.lastPrice(), receivedAt);
    if (believed.trade()) {
      options.heard(update);
    }
    if (believed.trade()
        && (update.first()
            || believed.released()
            || update.carries(LAST_PRICE)
            || update.carries(TOTAL_VOLUME)
            || update.carries(TRADE_TIME))) {
      SecondRow row = feed.accept(image.last(), image.totalVolume(), image.tradeTime());
      if (row != null) {
        buffer.put(row);
      }
      buffer.changed(feed);
    }
    Quote changed = quote.accept(quote(image, believed));
    if (changed != null) {
      buffer.put(new QuoteRow(changed, receivedAt));
    }
  }

  private void refused(StreamEvent.SubscriptionRefused refusal) {
    Ticker ticker = refusal.ticker();
    if (ticker != null && feeds.containsKey(ticker)) {
      String why = refusal.code() + " " + refusal.message();
      refused.put(ticker, why);
      roster.refused(ticker, why);
    }
    options.refused(refusal);
    log.atWarn()
        .addKeyValue("event", "feed.refused")
        .addKeyValue("service", refusal.service())
        .addKeyValue("ticker", refusal.key())
        .addKeyValue("code", refusal.code())
        .log("Schwab does not stream this symbol: {}", refusal.message());
  }

  /** What is not believed stays as it was: a part without a time is no newer than any other. */
  private static Quote quote(LevelOneEquity image, Quarantine.Verdict believed) {
    boolean sides = believed.quote();
    boolean trade = believed.trade();
    return new Quote(
        image.ticker(),
        sides ? image.bid() : null,
        sides ? image.ask() : null,
        sides ? image.bidSize() : null,
        sides ? image.askSize() : null,
        trade ? image.last() : null,
        sides ? image.quoteTime() : null,
        trade ? image.tradeTime() : null);
  }

  /** What was not believed of what the feed said. */
  public Quarantine quarantine() {
    return quarantine;
  }

  private void refreshStatus() {
    long now = System.nanoTime();
    if (now - statusDueNanos < 0) {
      return;
    }
    FeedCounts sum = new FeedCounts(0, 0, 0, 0, 0, 0, 0, 0);
    Map<Ticker, Instant> newest = new HashMap<>();
    for (TickerFeed feed : feeds.values()) {
      sum = sum.plus(feed.counts());
      Instant trade = feed.newestTrade();
      if (trade != null) {
        newest.put(feed.ticker(), trade);
      }
    }
    status =
        new IntakeStatus(
            connected,
            problem,
            gaveUp,
            sum,
            Map.copyOf(newest),
            Map.copyOf(refused),
            broken,
            passedOver);
    long done = System.nanoTime();
    statusDueNanos = done + Math.max(STATUS_EVERY.toNanos(), (done - now) * STATUS_SHARE);
  }
}
